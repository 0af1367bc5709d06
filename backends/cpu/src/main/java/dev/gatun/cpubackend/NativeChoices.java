package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpu.CpuLibrary;
import dev.gatun.cpu.InstructionSet;
import dev.gatun.cpuengine.kernel.KernelChoices;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.kernel.KernelSetProvider;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.Graph;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The instruction set, and whether products with block formats round activations to 8 bits; each
 * open unless a setting has decided it.
 */
final class NativeChoices implements KernelChoices {
  /** Setting, and name of the choice after the last dot: {@code int8} or {@code f32}. */
  static final String ACTIVATIONS = "gatun.cpu.activations";

  /**
   * Setting: {@code f32}, or {@code bf16} where matrices in F32 and F16 are to be multiplied in
   * BF16.
   */
  static final String FLOATS = "gatun.cpu.floats";

  private static final String BRAINS = "bf16";
  private static final String ROUNDED = "int8";
  private static final String EXACT = "f32";
  private static final String SET = "instructions";
  private static final String ROUNDING = "activations";

  private final CpuLibrary library;
  private final InstructionSet standard;
  private final ProbeContext context;
  private final Supplier<Optional<KernelSet>> others;

  /**
   * @param standard the instruction set that is taken when none is chosen
   */
  NativeChoices(CpuLibrary library, InstructionSet standard, ProbeContext context) {
    this.library = library;
    this.standard = standard;
    this.context = context;
    others = new Once<>(() -> KernelSetProvider.best(context));
  }

  /** Whether the setting, where it is there, makes sense. */
  static boolean isKnown(String activations) {
    return activations.equals(ROUNDED) || activations.equals(EXACT);
  }

  /** Whether products in BF16 are asked for; they are never without. */
  static boolean brains(ProbeContext context) {
    return context.property(FLOATS).orElse(EXACT).equals(BRAINS);
  }

  /** Whether the setting, where it is there, makes sense. */
  static boolean isKnownFloats(String floats) {
    return floats.equals(EXACT) || floats.equals(BRAINS);
  }

  @Override
  public List<Tunable> tunables(Graph graph) {
    List<Tunable> open = new ArrayList<>();
    List<String> sets =
        library.supported().stream()
            .filter(set -> set != InstructionSet.PORTABLE || set == standard)
            .filter(set -> !brains(context) || NativeMatMul.multipliesBrains(library.kernels(set)))
            .map(InstructionSet::id)
            .toList();
    if (context.property(CpuBackendProvider.INSTRUCTIONS).isEmpty() && sets.size() > 1) {
      open.add(Tunable.of(SET, "instruction set of the kernels", sets, standard.id()));
    }
    if (context.property(ACTIVATIONS).isEmpty() && rounds(graph) && others.get().isPresent()) {
      open.add(
          new Tunable(
              ROUNDING,
              "activations in products with block formats: rounded to 8 bits, or as they are",
              List.of(ROUNDED, EXACT),
              ROUNDED,
              Optional.of(EXACT)));
    }
    return open;
  }

  /** Whether the library has a kernel for block formats of the graph. */
  private boolean rounds(Graph graph) {
    CpuKernels kernels = library.kernels(standard);
    return graph.constants().stream()
        .map(constant -> constant.data().dtype())
        .distinct()
        .anyMatch(dtype -> rounds(kernels, dtype));
  }

  private static boolean rounds(CpuKernels kernels, DType dtype) {
    return !dtype.isFloat() && NativeMatMul.of(kernels, dtype).isPresent();
  }

  @Override
  public KernelSet kernels(Map<String, String> choices) {
    InstructionSet set = InstructionSet.of(choices.getOrDefault(SET, standard.id())).orElseThrow();
    CpuKernels kernels = library.kernels(set);
    if (set != standard) {
      // The self-test was of the standard's kernels only.
      Finding able = CpuSelfTest.of(kernels);
      if (!able.good()) {
        throw new BackendException(able.reason());
      }
    }
    String setting = context.property(ACTIVATIONS).orElse(ROUNDED);
    boolean exact = choices.getOrDefault(ROUNDING, setting).equals(EXACT);
    return new NativeKernels(
        kernels, exact, brains(context), () -> others.get().orElseGet(ScalarKernels::new));
  }
}
