package dev.gatun.vector;

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
import dev.gatun.tensor.DType;
import dev.gatun.vector.matmul.VectorMatMulKernels;
import dev.gatun.vector.matmul.VectorPeaks;
import dev.gatun.vector.op.VectorOps;
import dev.gatun.vector.simd.Lanes;
import java.util.Optional;
import java.util.Set;

/** The kernels of this backend. */
final class VectorKernels implements KernelSet {
  private final KernelSet scalar = new ScalarKernels();
  private final VectorMatMulKernels matMul;

  VectorKernels() {
    this(new VectorMatMulKernels(true));
  }

  private VectorKernels(VectorMatMulKernels matMul) {
    this.matMul = matMul;
  }

  int bits() {
    return Lanes.BITS;
  }

  @Override
  public String name() {
    return "vector" + bits();
  }

  @Override
  public Set<DType> weightFormats() {
    return scalar.weightFormats();
  }

  @Override
  public MatMulKernel matMul(DType weights, int n, int k) {
    return matMul.of(weights);
  }

  @Override
  public DenseMatMulKernel denseMatMul() {
    return VectorOps.denseMatMul();
  }

  @Override
  public ConvolutionKernel convolution() {
    return VectorOps.convolution();
  }

  @Override
  public NormalizationKernels normalization() {
    return VectorOps.normalization();
  }

  @Override
  public RotaryKernel rotary() {
    return VectorOps.rotary();
  }

  @Override
  public ElementwiseKernels elementwise() {
    return VectorOps.elementwise();
  }

  @Override
  public SoftmaxKernel softmax() {
    return VectorOps.softmax();
  }

  @Override
  public RowReductionKernel rowReduction() {
    return VectorOps.rowReduction();
  }

  @Override
  public AttentionKernels attention() {
    return VectorOps.attention();
  }

  @Override
  public RowDecoder rowDecoder(DType stored, int elements) {
    return scalar.rowDecoder(stored, elements);
  }

  @Override
  public KernelSet deterministic() {
    return new VectorKernels(new VectorMatMulKernels(false));
  }

  @Override
  public Optional<PeakKernels> peaks() {
    return Optional.of(new VectorPeaks());
  }
}
