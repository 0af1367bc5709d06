package dev.gatun.quantize.convert;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.graph.Metadata;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What converting an adapter needs to know of the model that it is for.
 *
 * @param heads of queries
 * @param keyHeads of keys and values
 */
record AdapterBase(Family family, int heads, int keyHeads) {
  /**
   * Reads it from a model: a folder with config.json, or a GGUF file.
   *
   * @throws dev.gatun.formats.ModelFormatException when it is damaged or of no kind that is
   *     converted
   */
  static AdapterBase of(Path model) {
    if (Files.isDirectory(model)) {
      HfConfig config = HfConfig.read(ModelFolder.requireConfig(model));
      Family family = Families.of(config);
      HfConfig filled = config.withDefaults(family.defaults(config));
      return new AdapterBase(
          family,
          filled.count("num_attention_heads"),
          filled.count("num_key_value_heads", "num_attention_heads"));
    }
    try (GgufFile file = GgufFile.open(model)) {
      return of(model, file.metadata());
    }
  }

  /**
   * Takes it from metadata of GGUF.
   *
   * @param file what messages are about
   */
  static AdapterBase of(Path file, Metadata model) {
    String architecture = model.string("general.architecture").orElse("");
    Family family =
        Families.named(architecture)
            .orElseThrow(() ->
                JsonFile.bad(
                    file,
                    "is for a model of architecture '%s'; adapters are converted for %s"
                        .formatted(architecture, String.join(", ", Families.names())),
                    null));
    String key = architecture + ".attention.head_count";
    long heads =
        model
            .integer(key)
            .orElseThrow(
                () -> JsonFile.bad(file, "cannot be matched: the model has no " + key, null));
    long keyHeads = model.integer(key + "_kv").orElse(heads);
    return new AdapterBase(family, Math.toIntExact(heads), Math.toIntExact(keyHeads));
  }
}
