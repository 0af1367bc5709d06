package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.cpuengine.kernel.NormalizationKernels;
import dev.gatun.cpuengine.kernel.RotaryKernel;
import dev.gatun.cpuengine.kernel.RowDecoder;
import dev.gatun.cpuengine.kernel.RowReductionKernel;
import dev.gatun.cpuengine.kernel.SoftmaxKernel;
import dev.gatun.tensor.DType;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Plain Java kernels: the twin against which every vectorised set is tested. They read every weight
 * format, but keep matrices decoded to F32.
 */
public final class ScalarKernels implements KernelSet {
  private static final Set<DType> FORMATS =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(DType.STRING)));

  public ScalarKernels() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public Set<DType> weightFormats() {
    return FORMATS;
  }

  @Override
  public MatMulKernel matMul(DType weights, int n, int k) {
    return new ScalarMatMul();
  }

  @Override
  public DenseMatMulKernel denseMatMul() {
    return new ScalarDenseMatMul();
  }

  @Override
  public ConvolutionKernel convolution() {
    return new ScalarConvolution();
  }

  @Override
  public NormalizationKernels normalization() {
    return new ScalarNormalization();
  }

  @Override
  public RotaryKernel rotary() {
    return new ScalarRotary();
  }

  @Override
  public ElementwiseKernels elementwise() {
    return new ScalarElementwise();
  }

  @Override
  public SoftmaxKernel softmax() {
    return new ScalarSoftmax();
  }

  @Override
  public RowReductionKernel rowReduction() {
    return new ScalarRowReduction();
  }

  @Override
  public AttentionKernels attention() {
    return new ScalarAttention();
  }

  @Override
  public RowDecoder rowDecoder(DType stored, int elements) {
    return new ScalarRowDecoder(stored, elements);
  }
}
