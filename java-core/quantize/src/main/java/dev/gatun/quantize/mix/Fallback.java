package dev.gatun.quantize.mix;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;

/** Types for rows that are no whole number of blocks: smaller blocks, about as many bits. */
final class Fallback {
  private Fallback() {}

  /**
   * The type itself when {@code columns} are whole blocks of it, else the next that fits, at last
   * F16.
   *
   * @throws GatunException when there is no next type
   */
  static DType of(DType type, long columns) {
    if (fits(type, columns)) {
      return type;
    }
    DType smaller =
        switch (type) {
          case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_XS -> DType.IQ4_NL;
          case Q2_0, Q2_K, Q3_K, TQ1_0, TQ2_0 -> DType.Q4_0;
          case Q4_K -> DType.Q5_0;
          case Q5_K -> DType.Q5_1;
          case Q6_K -> DType.Q8_0;
          default -> {
            if (type.blockElements() > 32) {
              throw new GatunException(
                  GatunException.Kind.MODEL,
                  "rows of %d do not fill the blocks of %s, and no type takes its place; choose another type, for one tensor with --tensor-type"
                      .formatted(columns, type));
            }
            yield type;
          }
        };
    return fits(smaller, columns) ? smaller : DType.F16;
  }

  private static boolean fits(DType type, long columns) {
    return columns % type.blockElements() == 0;
  }
}
