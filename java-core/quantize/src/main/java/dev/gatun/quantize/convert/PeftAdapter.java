package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.safetensors.SafetensorsFile;
import dev.gatun.graph.Metadata;
import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.models.lora.LowRank;
import dev.gatun.quantize.convert.PlannedTensor.Slice;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * LoRA adapters as Hugging Face's PEFT library keeps them: a folder with adapter_config.json and
 * adapter_model.safetensors. The names of weights, and the order of rows of queries and keys,
 * become those of the GGUF model that the adapter is for.
 */
public final class PeftAdapter {
  private static final String PREFIX = "base_model.model.";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";

  private final Path folder;
  private final JsonNode config;
  private final Metadata model;
  private final Family family;

  private PeftAdapter(Path folder, JsonNode config, Metadata model, Family family) {
    this.folder = folder;
    this.config = config;
    this.model = model;
    this.family = family;
  }

  /** Whether a folder has such an adapter. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve("adapter_config.json"));
  }

  /**
   * Reads an adapter.
   *
   * @param model metadata of the GGUF model that it is for
   * @param strength what it is multiplied with; 1 for as it was trained
   * @throws dev.gatun.formats.ModelFormatException when it is damaged, of a kind other than plain
   *     LoRA, or changes what has no counterpart in GGUF
   */
  public static LoraAdapter read(Path folder, Metadata model, float strength) {
    JsonNode config = JsonFile.read(folder.resolve("adapter_config.json"));
    String architecture = model.string("general.architecture").orElse("");
    Family family =
        Families.named(architecture)
            .orElseThrow(() ->
                JsonFile.bad(
                    folder,
                    "is for a model of architecture '%s'; adapters are converted for %s"
                        .formatted(architecture, String.join(", ", Families.names())),
                    null));
    return new PeftAdapter(folder, config, model, family).read(strength);
  }

  private LoraAdapter read(float strength) {
    requirePlain();
    Map<String, LowRank> deltas = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
      for (String name : file.tensorNames()) {
        if (name.endsWith(A)) {
          add(file, name, strength, deltas);
        } else if (!name.endsWith(B) || file.info(name.replace(B, A)).isEmpty()) {
          throw bad("has '%s', which is no part of a pair of lora_A and lora_B".formatted(name));
        }
      }
    }
    return new LoraAdapter(folder.toString(), family.architecture(), deltas);
  }

  private void requirePlain() {
    if (config.path("use_dora").asBoolean(false)) {
      throw bad("is DoRA, which also scales weights; only plain LoRA is known");
    }
    if (config.path("fan_in_fan_out").asBoolean(false)) {
      throw bad("has transposed weights (fan_in_fan_out), which are not known");
    }
    for (String member : List.of("rank_pattern", "alpha_pattern")) {
      if (!config.path(member).isEmpty()) {
        throw bad(
            "has its own numbers for some layers (%s), which are not known".formatted(member));
      }
    }
  }

  private void add(SafetensorsFile file, String name, float strength, Map<String, LowRank> deltas) {
    String published = name.substring(0, name.length() - A.length());
    String local =
        family
            .local(published.replace(PREFIX, "") + ".weight")
            .orElseThrow(() -> bad("changes '%s', which is left out".formatted(published)));
    TensorName parsed = TensorName.parse(local);
    NameRule rule =
        family.rules().stream()
            .filter(known -> known.hf().equals(parsed.pattern()) && !known.gguf().isEmpty())
            .findFirst()
            .orElseThrow(() ->
                bad(
                    "changes '%s', which models of architecture '%s' do not have"
                        .formatted(published, family.architecture())));
    Tensor left = file.tensor(name).orElseThrow();
    Tensor right =
        file.tensor(name.replace(A, B))
            .orElseThrow(() -> bad("lacks the lora_B of '%s'".formatted(published)));
    Shape a = left.shape();
    Shape b = right.shape();
    if (a.rank() != 2 || b.rank() != 2 || a.dim(0) != b.dim(1) || a.dim(0) == 0) {
      throw bad("'%s': %s and %s make no product".formatted(published, b, a));
    }
    int rank = Math.toIntExact(a.dim(0));
    float[] rows = scaled(right.toFloats(), rank, strength);
    int heads =
        switch (rule.change()) {
          case NONE -> 0;
          case QUERY_HEADS -> count("head_count", "head_count");
          case KEY_HEADS -> count("head_count_kv", "head_count");
          default ->
              throw bad("changes '%s', whose experts GGUF keeps otherwise".formatted(published));
        };
    if (heads > 0 && b.dim(0) % (2L * heads) != 0) {
      throw bad("'%s' has %d rows, which make no %d heads".formatted(published, b.dim(0), heads));
    }
    deltas.put(
        parsed.in(rule.gguf()),
        new LowRank(
            left.toFloats(),
            ordered(rows, b.dim(0), rank, heads),
            rank,
            Math.toIntExact(a.dim(1))));
  }

  private float[] scaled(float[] values, int rank, float strength) {
    double alpha = config.path("lora_alpha").asDouble(rank);
    boolean stabilized = config.path("use_rslora").asBoolean(false);
    float scale = (float) (strength * alpha / (stabilized ? Math.sqrt(rank) : rank));
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale;
    }
    return values;
  }

  /** Rows in GGUF's order. */
  private static float[] ordered(float[] values, long rows, int rank, int heads) {
    Slice slice = new Slice("", 0, rows, rank, heads, false);
    float[] ordered = new float[values.length];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, Math.toIntExact(slice.row(row)) * rank, ordered, row * rank, rank);
    }
    return ordered;
  }

  private int count(String key, String otherwise) {
    String prefix = family.architecture() + ".attention.";
    return Math.toIntExact(
        model
            .integer(prefix + key)
            .or(() -> model.integer(prefix + otherwise))
            .orElseThrow(() -> bad("cannot be matched: the model has no " + prefix + otherwise)));
  }

  private RuntimeException bad(String what) {
    return JsonFile.bad(folder, what, null);
  }
}
