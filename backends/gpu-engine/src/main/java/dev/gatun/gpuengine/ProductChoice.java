package dev.gatun.gpuengine;

import dev.gatun.gpuengine.compile.Arithmetic;
import dev.gatun.gpuengine.driver.GpuLimits;
import dev.gatun.gpuengine.driver.GpuLimits.Matrices;
import dev.gatun.gpuengine.kernel.KernelTexts;
import dev.gatun.graph.Graph;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How products of many rows with stored weights are computed: {@code half}, on matrix units that
 * take both rounded to half precision; {@code matrix}, on matrix units of single precision; or
 * {@code single}, by kernels that run everywhere. What the device's units do is the standard. Open
 * unless a setting has decided it. Immutable.
 */
final class ProductChoice {
  /** Setting, and name of the choice after the last dot. */
  static final String SETTING = "gatun.gpu.products";

  private static final String NAME = "products";
  private static final String SINGLE = name(Matrices.NONE);

  private final KernelTexts texts;
  private final Matrices able;
  private final Optional<String> setting;

  /**
   * @throws BackendException when the setting asks for what is not there
   */
  ProductChoice(String device, GpuLimits limits, KernelTexts texts, Optional<String> setting) {
    this.texts = texts;
    this.setting = setting;
    able = limits.matrices();
    String asked = setting.orElse(SINGLE);
    if (asked.equals(SINGLE) || asked.equals(name(able))) {
      return;
    }
    for (Matrices matrices : Matrices.values()) {
      if (asked.equals(name(matrices))) {
        throw new BackendException(
            "%s has no matrix units for %s=%s: %s or nothing"
                .formatted(device, SETTING, asked, SINGLE));
      }
    }
    throw new BackendException(SETTING + " is half, matrix or single, not " + asked);
  }

  private static String name(Matrices matrices) {
    return switch (matrices) {
      case NONE -> "single";
      case HALF -> "half";
      case SINGLE -> "matrix";
    };
  }

  /** What is open for a graph. */
  List<Tunable> tunables(Graph graph) {
    boolean used =
        able != Matrices.NONE
            && setting.isEmpty()
            && graph.constants().stream()
                .filter(constant -> constant.data().shape().rank() == 2)
                .anyMatch(constant -> hasKernel(constant.data().dtype()));
    return used
        ? List.of(
            new Tunable(
                NAME,
                able == Matrices.HALF
                    ? "products of many rows: on matrix units in half precision, or in single precision"
                    : "products of many rows: on matrix units, or by threads of their own",
                List.of(name(able), SINGLE),
                name(able),
                Optional.of(SINGLE)))
        : List.of();
  }

  private boolean hasKernel(DType format) {
    return Arithmetic.kernel(able, format)
        .filter(kernel -> texts.has(kernel + "_" + format.name().toLowerCase(Locale.ROOT)))
        .isPresent();
  }

  Arithmetic arithmetic(CompileOptions options) {
    String chosen = options.choices().getOrDefault(NAME, setting.orElse(name(able)));
    boolean portable = options.deterministic() || chosen.equals(SINGLE);
    return new Arithmetic(portable ? Matrices.NONE : able, options.deterministic());
  }
}
