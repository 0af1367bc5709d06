package dev.gatun.onnxruntimebackend;

import dev.gatun.formats.onnx.lower.ExportOptions;
import dev.gatun.graph.Graph;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.Tunable;
import java.util.List;
import java.util.Optional;

/** What products with weights in blocks do with activations: a setting, else a choice to tune. */
final class Activations {
  /** Setting: {@code int8} rounds them to 8 bits; {@code f32} leaves them. */
  static final String SETTING = "gatun.onnxruntime.activations";

  private static final String NAME = "activations";
  private static final String INT8 = "int8";
  private static final String F32 = "f32";

  private Activations() {}

  /**
   * How to lower.
   *
   * @throws BackendException when the setting makes no sense
   */
  static ExportOptions of(ProbeContext context, CompileOptions options) {
    String value =
        context.property(SETTING).orElseGet(() -> options.choices().getOrDefault(NAME, INT8));
    return switch (value) {
      case INT8 -> ExportOptions.DEFAULT;
      case F32 -> ExportOptions.SINGLE_PRECISION;
      default ->
          throw new BackendException("%s is '%s'; it takes int8 or f32".formatted(SETTING, value));
    };
  }

  /** Open where no setting decides and the graph has weights in blocks. */
  static Optional<Tunable> tunable(ProbeContext context, Graph graph) {
    boolean blocks =
        graph.constants().stream().anyMatch(constant -> constant.data().dtype().isBlocked());
    if (!blocks || context.property(SETTING).isPresent()) {
      return Optional.empty();
    }
    String meaning =
        "activations in products with weights in blocks: rounded to 8 bits, or as they are";
    return Optional.of(new Tunable(NAME, meaning, List.of(INT8, F32), INT8, Optional.of(F32)));
  }
}
