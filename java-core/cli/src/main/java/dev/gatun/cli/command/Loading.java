package dev.gatun.cli.command;

import dev.gatun.cli.output.ProgressBar;
import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.pipelines.LanguageModel;
import dev.gatun.pipelines.LoadOptions;
import dev.gatun.pipelines.Models;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.runtime.store.PullProgress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A model that a command found, pulled if needed, and loaded. */
final class Loading implements AutoCloseable {
  private final LocatedModel located;
  private final LanguageModel model;

  private Loading(LocatedModel located, LanguageModel model) {
    this.located = located;
    this.model = model;
  }

  /** {@link #resolve}, or the ONNX networks of a folder or path, with what lies beside them. */
  static LocatedModel locate(GatunRuntime runtime, String name, Output output) {
    return Models.onDisk(name).orElseGet(() -> resolve(runtime, name, output));
  }

  /** A model on this machine; pulled with a progress bar when it is not there. */
  static LocatedModel resolve(GatunRuntime runtime, String name, Output output) {
    var listener = new BarListener(output);
    try {
      return Models.locate(runtime, name, listener);
    } finally {
      listener.finish();
    }
  }

  /**
   * A model's file, only to be read, under the name that it was asked for by; the caller closes it.
   */
  static ModelSource open(GatunRuntime runtime, String name, Output output) {
    return ModelFiles.open(List.of(resolve(runtime, name, output).path()), name);
  }

  /** With adapters. */
  static Loading load(
      GatunRuntime runtime,
      String name,
      LoadOptions options,
      AdapterOptions adapters,
      Output output) {
    LocatedModel located = resolve(runtime, name, output);
    return load(runtime, located, adapters.on(located, options));
  }

  static Loading load(GatunRuntime runtime, LocatedModel located, LoadOptions options) {
    return new Loading(located, LanguageModel.load(runtime, located, options));
  }

  LanguageModel model() {
    return model;
  }

  /** SHA-256 of a stored model. */
  Optional<String> digest() {
    return located.digest();
  }

  Path file() {
    return located.path().toAbsolutePath();
  }

  /** Devices that run it. */
  List<String> devices() {
    return Plans.devices(model.plan().explain());
  }

  /** What the user must hear before the answer, fallbacks above all. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    int trained = model.model().trainedContextLength();
    if (model.contextLength() > trained) {
      notes.add(
          "gatun: the model was trained for %d positions and may write nonsense beyond them"
              .formatted(trained));
    }
    Explanation explanation = model.plan().explain();
    String running = "; running on " + String.join(", ", devices());
    Plans.passedOver(explanation).forEach(line -> notes.add("gatun: " + line + running));
    explanation.notes().forEach(note -> notes.add("gatun: " + note));
    return notes;
  }

  @Override
  public void close() {
    model.close();
  }

  /** Shows a pull. */
  static final class BarListener implements PullListener {
    private final Output output;
    private ProgressBar bar;
    private String file = "";

    BarListener(Output output) {
      this.output = output;
    }

    @Override
    public void message(String text) {
      finish();
      output.note("gatun: " + text);
    }

    @Override
    public void progress(PullProgress progress) {
      if (bar == null || !file.equals(progress.file())) {
        finish();
        file = progress.file();
        bar = new ProgressBar(System.err, Output.isTerminal(), file);
      }
      bar.update(progress.done(), Math.max(0, progress.total()));
    }

    void finish() {
      if (bar != null) {
        bar.finish();
        bar = null;
      }
    }
  }
}
