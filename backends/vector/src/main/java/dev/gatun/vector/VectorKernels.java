package dev.gatun.vector;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.cpuengine.kernel.NormalizationKernels;
import dev.gatun.cpuengine.kernel.RotaryKernel;
import dev.gatun.cpuengine.kernel.RowDecoder;
import dev.gatun.cpuengine.kernel.SoftmaxKernel;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.tensor.DType;
import dev.gatun.vector.matmul.VectorMatMulKernels;
import java.util.Set;

/** The kernels of this backend. */
final class VectorKernels implements KernelSet {
  private final KernelSet scalar = new ScalarKernels();
  private final VectorMatMulKernels matMul = new VectorMatMulKernels();

  int bits() {
    return VectorMatMulKernels.bits();
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
    return scalar.denseMatMul();
  }

  @Override
  public NormalizationKernels normalization() {
    return scalar.normalization();
  }

  @Override
  public RotaryKernel rotary() {
    return scalar.rotary();
  }

  @Override
  public ElementwiseKernels elementwise() {
    return scalar.elementwise();
  }

  @Override
  public SoftmaxKernel softmax() {
    return scalar.softmax();
  }

  @Override
  public AttentionKernels attention() {
    return scalar.attention();
  }

  @Override
  public RowDecoder rowDecoder(DType stored, int elements) {
    return scalar.rowDecoder(stored, elements);
  }
}
