package dev.gatun.bench.task;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.arch.Architectures;
import dev.gatun.models.arch.BuildOptions;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.runtime.store.LocatedModel;
import java.util.Set;

/** What a model is for, which says how it is asked. */
public enum ModelKind {
  /** Writes text: prefill and decode are measured. */
  LANGUAGE("tokens", "tokens"),
  /** Turns texts into vectors. */
  EMBEDDING("embed", "texts"),
  /** Says what kind of file something is. */
  FILE_TYPE("classify", "files"),
  /** Finds speech in a sound. */
  VOICE_ACTIVITY("vad", "sounds"),
  /** Reads the text of a picture. */
  TEXT_RECOGNITION("ocr", "pictures"),
  /** Any other ONNX network: one run of it. */
  NETWORK("run", "runs");

  private final String label;
  private final String unit;

  ModelKind(String label, String unit) {
    this.label = label;
    this.unit = unit;
  }

  /** The pipeline's command. */
  public String label() {
    return label;
  }

  /** What is counted. */
  public String unit() {
    return unit;
  }

  /**
   * Tells by the model's files.
   *
   * @throws dev.gatun.tensor.GatunException when the model cannot be read
   */
  public static ModelKind of(LocatedModel located) {
    ModelFolder folder = ModelFolder.of(located);
    if (folder.hasNetwork()) {
      return ofNetwork(folder);
    }
    try (ModelSource source = ModelFiles.open(located.paths(), located.name())) {
      return Architectures.build(source, BuildOptions.defaults()).causal() ? LANGUAGE : EMBEDDING;
    }
  }

  private static ModelKind ofNetwork(ModelFolder folder) {
    Set<String> files = folder.files().keySet();
    if (folder.main().isEmpty() && any(files, "det") && any(files, "rec")) {
      return TEXT_RECOGNITION;
    }
    if (any(files, "content_types")) {
      return FILE_TYPE;
    }
    if (folder.networks().stream()
        .map(path -> path.getFileName().toString())
        .anyMatch(name -> name.contains("silero") || name.contains("ifless"))) {
      return VOICE_ACTIVITY;
    }
    return files.contains("tokenizer.json") ? EMBEDDING : NETWORK;
  }

  private static boolean any(Set<String> files, String part) {
    return files.stream().anyMatch(file -> file.contains(part));
  }
}
