package dev.gatun.cli.command;

import dev.gatun.formats.ModelFiles;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.pipelines.LoadOptions;
import dev.gatun.quantize.convert.PeftAdapter;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.GatunException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Adapters that a command adds to a model. */
final class AdapterOptions {
  @Option(
      names = "--lora",
      paramLabel = "ADAPTER[=STRENGTH]",
      description =
          "Add a LoRA adapter to the model: a GGUF file, or a folder of PEFT's; may be repeated.")
  private List<String> adapters = List.of();

  boolean isGiven() {
    return !adapters.isEmpty();
  }

  /** As they were given. */
  List<String> texts() {
    return adapters;
  }

  /** Their files and folders. */
  List<Path> paths() {
    return adapters.stream().map(AdapterOptions::path).toList();
  }

  /** The adapters, for this model. */
  List<LoraAdapter> read(ModelSource model) {
    return adapters.stream().map(text -> read(text, model)).toList();
  }

  /** The options with the adapters. */
  LoadOptions on(LocatedModel located, LoadOptions options) {
    if (!isGiven()) {
      return options;
    }
    try (ModelSource model = ModelFiles.open(located.paths(), located.name())) {
      return options.withAdapters(read(model));
    }
  }

  private static Path path(String text) {
    int equals = text.lastIndexOf('=');
    return Path.of(equals < 0 ? text : text.substring(0, equals));
  }

  private static LoraAdapter read(String text, ModelSource model) {
    int equals = text.lastIndexOf('=');
    float strength;
    try {
      strength = equals < 0 ? 1 : Float.parseFloat(text.substring(equals + 1));
    } catch (NumberFormatException e) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "--lora is '%s'; behind = stands a number, the adapter's strength".formatted(text),
          e);
    }
    Path path = path(text);
    if (PeftAdapter.isIn(path)) {
      return PeftAdapter.read(path, model.metadata(), strength);
    }
    try (GgufFile file = GgufFile.open(path)) {
      return LoraAdapter.of(file, strength);
    }
  }
}
