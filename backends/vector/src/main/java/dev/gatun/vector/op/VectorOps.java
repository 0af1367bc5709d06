package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.kernel.NormalizationKernels;
import dev.gatun.cpuengine.kernel.RotaryKernel;
import dev.gatun.cpuengine.kernel.RowReductionKernel;
import dev.gatun.cpuengine.kernel.SoftmaxKernel;

/** The vectorised kernels of everything but products with constant matrices. */
public final class VectorOps {
  private VectorOps() {}

  public static NormalizationKernels normalization() {
    return new VectorNormalization();
  }

  public static RotaryKernel rotary() {
    return new VectorRotary();
  }

  public static ElementwiseKernels elementwise() {
    return new VectorElementwise();
  }

  public static RowReductionKernel rowReduction() {
    return new VectorRowReduction();
  }

  public static SoftmaxKernel softmax() {
    return new VectorSoftmax();
  }

  public static AttentionKernels attention() {
    return new VectorAttention();
  }

  public static ConvolutionKernel convolution() {
    return new VectorConvolution();
  }

  public static DenseMatMulKernel denseMatMul() {
    return new VectorDenseMatMul();
  }
}
