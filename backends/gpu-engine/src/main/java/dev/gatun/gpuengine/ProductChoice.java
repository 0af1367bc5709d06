package dev.gatun.gpuengine;

import dev.gatun.gpuengine.compile.Arithmetic;
import dev.gatun.gpuengine.driver.GpuLimits;
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
 * Whether products of many rows with stored weights run on a device's matrix units, which takes
 * both rounded to half precision: {@code half}, the standard where there are such units, or {@code
 * single}. Open unless a setting has decided it. Immutable.
 */
final class ProductChoice {
  /** Setting, and name of the choice after the last dot. */
  static final String SETTING = "gatun.gpu.products";

  private static final String NAME = "products";
  private static final String HALF = "half";
  private static final String SINGLE = "single";

  private final KernelTexts texts;
  private final boolean able;
  private final Optional<String> setting;

  /**
   * @throws BackendException when the setting asks for what is not there
   */
  ProductChoice(String device, GpuLimits limits, KernelTexts texts, Optional<String> setting) {
    this.texts = texts;
    this.setting = setting;
    able = limits.halfMatrices();
    String asked = setting.orElse(SINGLE);
    if (!asked.equals(SINGLE) && !asked.equals(HALF)) {
      throw new BackendException(SETTING + " is " + HALF + " or " + SINGLE + ", not " + asked);
    }
    if (asked.equals(HALF) && !able) {
      throw new BackendException(
          "%s has no matrix units that kernels are there for: %s=%s or nothing"
              .formatted(device, SETTING, SINGLE));
    }
  }

  /** What is open for a graph. */
  List<Tunable> tunables(Graph graph) {
    boolean used =
        able
            && setting.isEmpty()
            && graph.constants().stream()
                .map(constant -> constant.data().dtype())
                .anyMatch(this::isRounded);
    return used
        ? List.of(
            new Tunable(
                NAME,
                "products of many rows: on matrix units in half precision, or in single precision",
                List.of(HALF, SINGLE),
                HALF,
                Optional.of(SINGLE)))
        : List.of();
  }

  private boolean isRounded(DType format) {
    return format != DType.F32 && texts.has("matmul_mma_" + format.name().toLowerCase(Locale.ROOT));
  }

  Arithmetic arithmetic(CompileOptions options) {
    String standard = setting.orElse(able ? HALF : SINGLE);
    boolean halves = options.choices().getOrDefault(NAME, standard).equals(HALF);
    return new Arithmetic(halves && !options.deterministic(), options.deterministic());
  }
}
