package dev.gatun.pipelines;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.tune.TuneOptions;
import dev.gatun.runtime.tune.TuningReport;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Measures what a device leaves open for a model; later loads use what was best. */
public final class ModelTuning {
  private ModelTuning() {}

  /**
   * Measures, and keeps the choice. Takes from seconds to minutes.
   *
   * @param options policy, context and state type count
   * @param listener gets a line before each choice
   * @throws dev.gatun.tensor.GatunException of kind USAGE for a model that generates no text
   */
  public static TuningReport tune(
      GatunRuntime runtime,
      LocatedModel located,
      LoadOptions options,
      TuneOptions tuning,
      Consumer<String> listener) {
    try (ModelSource source = ModelFiles.open(located.paths(), located.name())) {
      LoadOptions own = LanguageModel.withBatch(options);
      return runtime.tune(
          LanguageModel.request(LanguageModel.build(source, own), located, own), tuning, listener);
    }
  }

  /**
   * Forgets what was kept for a model.
   *
   * @param backend only on this backend or device; empty for all
   * @return ids of the devices whose choices are gone
   */
  public static List<String> forget(
      GatunRuntime runtime, LocatedModel located, Optional<String> backend) {
    try (ModelSource source = ModelFiles.open(located.paths(), located.name())) {
      LoadOptions own = LanguageModel.withBatch(LoadOptions.DEFAULT);
      return runtime.forgetTunings(
          LanguageModel.request(LanguageModel.build(source, own), located, own), backend);
    }
  }
}
