package dev.gatun.tensor;

/**
 * The points that the IQ formats below four bits can store: groups of four or eight levels. A
 * quantizer looks for the point nearest to what it wants; a decoder turns levels into magnitudes.
 * Order and content are the formats' own ({@code iq-grids.README.md}).
 */
public final class Lattices {
  private Lattices() {}

  /**
   * The lattice of a type, one byte for each level, point after point. Levels count from zero: to 2
   * for the types of one and two bits, to 7 for those of three.
   *
   * @return a new array of {@code points * groupSize(dtype)} levels
   * @throws IllegalArgumentException when the type has no lattice
   */
  public static byte[] levels(DType dtype) {
    byte[] points = points(dtype);
    byte[] levels = new byte[points.length];
    for (int i = 0; i < levels.length; i++) {
      int value = points[i];
      levels[i] =
          switch (dtype) {
            // 8, 25, 43
            case IQ2_XXS, IQ2_XS, IQ2_S -> (byte) (value / 20);
            // 4, 12, ... 52, 62
            case IQ3_XXS -> (byte) (value / 8);
            // 1, 3, ... 15
            case IQ3_S -> (byte) (value / 2);
            // -1, 0, 1
            default -> (byte) (value + 1);
          };
    }
    return levels;
  }

  /** Levels of one point: 4 for the types of three bits, 8 for the others. */
  public static int groupSize(DType dtype) {
    return dtype == DType.IQ3_XXS || dtype == DType.IQ3_S ? 4 : 8;
  }

  private static byte[] points(DType dtype) {
    return switch (dtype) {
      case IQ2_XXS -> IqGrids.Iq2Xxs.POINTS;
      case IQ2_XS -> IqGrids.Iq2Xs.POINTS;
      case IQ2_S -> IqGrids.Iq2S.POINTS;
      case IQ3_XXS -> IqGrids.Iq3Xxs.POINTS;
      case IQ3_S -> IqGrids.Iq3S.POINTS;
      case IQ1_S, IQ1_M -> IqGrids.Iq1.POINTS;
      default -> throw new IllegalArgumentException(dtype + " has no lattice");
    };
  }
}
