package dev.gatun.quantize.block;

/** The rows and importances of {@code make_goldens.py}, made from integers by SplitMix64. */
final class Rows {
  private Rows() {}

  /** With the script's seeds. */
  enum Kind {
    NORMAL(100),
    HEAVY(101),
    CHANNELS(102),
    BFLOAT(103),
    ZEROS(104),
    NEGATIVE_ZEROS(105),
    SPARSE(106),
    SUBNORMAL(107),
    CONSTANT(108),
    POSITIVE(109),
    NEGATIVE(110),
    OUTLIER(111),
    GRID(112),
    TIES(113),
    LARGE(114),
    OVERFLOW(115),
    TINY(116),
    FADING(117),
    POWERS(118);

    private final long seed;

    Kind(long seed) {
      this.seed = seed;
    }
  }

  enum Importance {
    NONE("none"),
    EQUAL("all equal"),
    VARIED("varied"),
    ZEROS("with zeros");

    private final String title;

    Importance(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  static float[] values(Kind kind, int rows, int columns) {
    float[] values = new float[rows * columns];
    long seed = kind.seed;
    for (int i = 0; i < values.length; i++) {
      values[i] = value(kind, seed, i, i % columns);
    }
    return values;
  }

  private static float value(Kind kind, long seed, int i, int column) {
    long a = word(seed, 2L * i);
    long b = word(seed, 2L * i + 1);
    int x = bell(a, b);
    float normal = Math.scalb((float) x, -26);
    float zero = (a & 1) == 1 ? -0f : 0f;
    return switch (kind) {
      case NORMAL -> normal;
      case HEAVY -> Math.scalb((float) x, -26 + trailingZeros(b));
      case CHANNELS -> Math.scalb((float) x, -29 + column % 7);
      case BFLOAT -> Float.intBitsToFloat(Float.floatToRawIntBits(normal) & 0xffff_0000);
      case ZEROS -> 0;
      case NEGATIVE_ZEROS -> zero;
      case SPARSE -> (b >>> 10 & 15) == 0 ? normal : zero;
      case SUBNORMAL -> Float.intBitsToFloat((int) (a >>> 8) & 0x807f_ffff);
      case CONSTANT -> i % 32 == 0 ? normal : value(kind, seed, i - i % 32, column);
      case POSITIVE -> Math.abs(normal);
      case NEGATIVE -> -Math.abs(normal);
      case OUTLIER -> i % 256 == 77 ? Math.scalb((float) x, -18) : normal;
      case GRID -> Math.scalb((float) ((int) (a >>> 20 & 15) - 8), -6);
      case TIES -> Math.scalb((float) ((int) (a >>> 20 & 63) - 32), -8);
      case LARGE -> Math.scalb((float) x, -8);
      case OVERFLOW -> Math.scalb((float) x, 78);
      case TINY -> Math.scalb((float) x, -120);
      case POWERS ->
          Float.intBitsToFloat(
              ((i / 32 % 40 + 99) << 23) - (int) (a >>> 20 & 7) + ((int) (a & 1) << 31));
      case FADING -> Math.scalb((float) x, -26 - column / 32 * 2);
    };
  }

  /** One weight per column; null for none. */
  static float[] importance(Importance kind, int columns) {
    if (kind == Importance.NONE) {
      return null;
    }
    float[] weights = new float[columns];
    for (int column = 0; column < columns; column++) {
      long a = word(200, 2L * column);
      long b = word(200, 2L * column + 1);
      boolean cleared = (b >>> 20 & 3) == 0 || (column >= 256 && column < 288) || column >= 512;
      float varied = Math.scalb((float) ((int) (a >>> 40 & 0xffff) + 1), -8 + trailingZeros(b));
      weights[column] =
          kind == Importance.EQUAL ? 1 : kind == Importance.ZEROS && cleared ? 0 : varied;
    }
    return weights;
  }

  private static int trailingZeros(long word) {
    return Long.numberOfTrailingZeros((word >>> 8 & 0xfff) | 1 << 12);
  }

  private static int bell(long a, long b) {
    int total = 0;
    for (int shift = 0; shift < 64; shift += 16) {
      total += (int) (a >>> shift & 0xffff);
    }
    return (total - 131070) * 64 + (int) (b & 63);
  }

  private static long word(long seed, long i) {
    long state = seed + (i + 1) * 0x9E3779B97F4A7C15L;
    long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
