package dev.gatun.vector.matmul;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The matrix kernels of the Vector backend. */
public final class VectorMatMulKernels {
  private static final Set<DType> FORMATS =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(DType.STRING)));

  private final Map<DType, MatMulKernel> kernels = new EnumMap<>(DType.class);

  /**
   * One kernel per format; kernels are stateless, so any number of these may exist.
   *
   * @param streaming whether one row may be multiplied in another order of sums than several, which
   *     is faster
   */
  public VectorMatMulKernels(boolean streaming) {
    for (DType dtype : FORMATS) {
      kernels.put(dtype, new TiledMatMul(tiles(dtype), streaming));
    }
  }

  /** Formats that weights may have. */
  public static Set<DType> formats() {
    return FORMATS;
  }

  /**
   * The kernel for weights of one format.
   *
   * @throws IllegalArgumentException when {@link #formats()} lacks it
   */
  public MatMulKernel of(DType weights) {
    MatMulKernel kernel = kernels.get(weights);
    if (kernel == null) {
      throw new IllegalArgumentException("no matrix kernel reads weights of type " + weights);
    }
    return kernel;
  }

  static TileFormat tiles(DType dtype) {
    return switch (dtype) {
      case F32 -> new F32Tiles();
      case F16 -> new F16Tiles();
      case BF16 -> new Bf16Tiles();
      case Q4_0 -> new Q40Tiles();
      case Q4_1 -> new Q41Tiles();
      case Q8_0 -> new Q80Tiles();
      case Q5_0 -> new Q50Tiles();
      case Q5_1 -> new Q51Tiles();
      case Q2_K -> new Q2KTiles();
      case Q3_K -> new Q3KTiles();
      case Q4_K -> new Q4KTiles();
      case Q5_K -> new Q5KTiles();
      case Q6_K -> new Q6KTiles();
      case IQ4_NL -> Lanes.COUNT == 16 ? new Iq4NlTiles() : new DecodedTiles(dtype);
      case IQ4_XS -> Lanes.COUNT == 16 ? new Iq4XsTiles() : new DecodedTiles(dtype);
      default -> new DecodedTiles(dtype);
    };
  }
}
