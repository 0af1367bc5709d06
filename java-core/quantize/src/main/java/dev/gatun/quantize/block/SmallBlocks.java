package dev.gatun.quantize.block;

import dev.gatun.tensor.DType;

/**
 * Q4_0, Q4_1, Q5_0 and Q5_1 with an importance: blocks of 32, weighted by the importance and by how
 * large a value is against its whole row.
 */
final class SmallBlocks {
  private SmallBlocks() {}

  private static final int N = 32;

  static RowEncoder weighted(DType dtype) {
    return switch (dtype) {
      case Q4_0 -> new Symmetric(dtype, 8);
      case Q5_0 -> new Symmetric(dtype, 16);
      case Q4_1 -> new Affine(dtype, 15);
      case Q5_1 -> new Affine(dtype, 31);
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  /** What both have: the row's spread, and the packing of four or five bits. */
  private abstract static class Weighted implements RowEncoder {
    private final DType dtype;
    final float[] weights = new float[N];
    final byte[] quants = new byte[N];

    Weighted(DType dtype) {
      this.dtype = dtype;
    }

    @Override
    public final void row(float[] x, int from, int length, float[] importance, byte[] dst, int at) {
      float spread = Arithmetic.sumOfSquares(x, from, length) / length;
      for (int column = 0; column < length; column += N, at += dtype.blockBytes()) {
        Arithmetic.weigh(importance, column, spread, x, from + column, weights, N);
        int next = header(x, from + column, dst, at);
        if (dtype == DType.Q5_0 || dtype == DType.Q5_1) {
          Arithmetic.putI32(dst, next, fifthBits());
          next += 4;
        }
        for (int j = 0; j < N / 2; j++) {
          dst[next + j] = (byte) ((quants[j] & 15) | quants[j + N / 2] << 4);
        }
      }
    }

    /** Finds quants, stores what stands before them, returns where that ends. */
    abstract int header(float[] x, int from, byte[] dst, int at);

    private int fifthBits() {
      int bits = 0;
      for (int j = 0; j < N; j++) {
        bits |= (quants[j] >> 4 & 1) << j;
      }
      return bits;
    }
  }

  private static final class Symmetric extends Weighted {
    private final SymmetricSearch search;

    Symmetric(DType dtype, int levels) {
      super(dtype);
      search = new SymmetricSearch(N, levels);
    }

    @Override
    int header(float[] x, int from, byte[] dst, int at) {
      Arithmetic.putHalf(dst, at, search.find(x, from, weights, 0, quants, 0));
      return at + 2;
    }
  }

  private static final class Affine extends Weighted {
    private final AffineSearch search;

    Affine(DType dtype, int levels) {
      super(dtype);
      search = new AffineSearch(N, levels, AffineSearch.WEIGHTED);
    }

    @Override
    int header(float[] x, int from, byte[] dst, int at) {
      Arithmetic.putHalf(dst, at, search.find(x, from, weights, quants, 0));
      Arithmetic.putHalf(dst, at + 2, search.minimum());
      return at + 4;
    }
  }
}
