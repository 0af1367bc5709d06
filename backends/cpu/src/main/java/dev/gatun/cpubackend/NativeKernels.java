package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.cpuengine.kernel.NormalizationKernels;
import dev.gatun.cpuengine.kernel.PeakKernels;
import dev.gatun.cpuengine.kernel.RotaryKernel;
import dev.gatun.cpuengine.kernel.RowDecoder;
import dev.gatun.cpuengine.kernel.RowReductionKernel;
import dev.gatun.cpuengine.kernel.SoftmaxKernel;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.runtime.spi.WeightUse;
import dev.gatun.tensor.DType;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The library's kernels for one instruction set; what it lacks comes from another set, which is not
 * even loaded before it is needed. Names of kernels say whose they are.
 */
final class NativeKernels implements KernelSet {
  private final KernelSet scalar = new ScalarKernels();
  private final CpuKernels kernels;
  private final boolean exact;
  private final boolean brains;
  private final Supplier<KernelSet> others;
  private final NativeRows rows;

  /**
   * @param exact whether products with block formats leave activations as they are, which the
   *     others' kernels do
   * @param brains whether products with matrices in F32 and F16 round both factors to BF16
   */
  NativeKernels(CpuKernels kernels, boolean exact, boolean brains, Supplier<KernelSet> others) {
    this.kernels = kernels;
    this.exact = exact;
    this.brains = brains;
    this.others = new Once<>(others);
    rows = new NativeRows(kernels);
  }

  @Override
  public String name() {
    return "cpu." + kernels.instructions().id();
  }

  @Override
  public Set<DType> weightFormats() {
    return scalar.weightFormats();
  }

  private boolean rounds(DType weights) {
    return brains && (weights == DType.F32 || weights == DType.F16);
  }

  @Override
  public WeightUse weightUse(DType format) {
    return rounds(format)
        ? new WeightUse(false, "matrices of products rounded to BF16")
        : KernelSet.super.weightUse(format);
  }

  @Override
  public MatMulKernel matMul(DType weights, int n, int k) {
    if (rounds(weights)) {
      return NativeMatMul.rounding(kernels, weights);
    }
    return exact && !weights.isFloat()
        ? others.get().matMul(weights, n, k)
        : NativeMatMul.of(kernels, weights).orElseGet(() -> others.get().matMul(weights, n, k));
  }

  @Override
  public DenseMatMulKernel denseMatMul() {
    return new NativeDenseMatMul(kernels);
  }

  @Override
  public ConvolutionKernel convolution() {
    return new NativeConvolution(kernels);
  }

  @Override
  public NormalizationKernels normalization() {
    return rows;
  }

  @Override
  public RotaryKernel rotary() {
    return rows;
  }

  @Override
  public ElementwiseKernels elementwise() {
    return new NativeElementwise(kernels, others);
  }

  @Override
  public SoftmaxKernel softmax() {
    return rows;
  }

  @Override
  public RowReductionKernel rowReduction() {
    return rows;
  }

  @Override
  public AttentionKernels attention() {
    return new NativeAttention(kernels);
  }

  @Override
  public RowDecoder rowDecoder(DType stored, int elements) {
    return scalar.rowDecoder(stored, elements);
  }

  /** The library's own products never depend on the number of rows; those of others may. */
  @Override
  public KernelSet deterministic() {
    return new NativeKernels(kernels, exact, brains, () -> others.get().deterministic());
  }

  @Override
  public Optional<PeakKernels> peaks() {
    return Optional.of(new NativePeaks(kernels));
  }
}
