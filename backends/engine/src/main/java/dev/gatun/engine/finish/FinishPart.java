package dev.gatun.engine.finish;

import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;

/** One step of what happens to results, element by element, while they are in the cache. */
public sealed interface FinishPart {
  /**
   * {@code u = y factor + shift}, bounded by {@code low} and then by {@code high}; then {@code u},
   * or {@code y u} when gated, times {@code lastFactor} plus {@code lastShift}: what rectifiers,
   * hard sigmoids and hard swishes with factors and summands around them are. A bound that is not
   * reached changes nothing; NaN stays. A shift of -0 is none.
   */
  record Curve(
      float factor,
      float shift,
      float low,
      float high,
      boolean gated,
      float lastFactor,
      float lastShift)
      implements FinishPart {
    /** Changes nothing. */
    public static final Curve NONE =
        new Curve(1, -0f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, false, 1, -0f);
  }

  /** {@code f(y)}. */
  record Function(Unary.Function function) implements FinishPart {}

  /**
   * {@code f(y, other)}, or the other way round.
   *
   * @param other which of the other values
   */
  record Other(Binary.Function function, boolean reversed, int other) implements FinishPart {}
}
