/*
 * What happens to a result before it is stored: bounds, functions, another value. No kernel of its own.
 * The steps are those of dev.gatun.engine's FinishPart.
 */

#include "functions.h"

enum { FIN_CURVE, FIN_GATED_CURVE, FIN_FUNCTION, FIN_OTHER, FIN_OTHER_FIRST };

/*
 * Curve: u = y factor + shift, at least low, at most high; then u, or y u when gated, times lastFactor plus lastShift.
 * Function: activation(function, y). Other: binary(function, y, other), or the other way round.
 */
struct FinishStep {
  int kind;
  int function;
  int other;
  float factor;
  float shift;
  float low;
  float high;
  float lastFactor;
  float lastShift;
};

#define FINISH_STEPS 4

struct Finish {
  int count;
  FinishStep steps[FINISH_STEPS];
};

/* y after all steps; at: where it will stand, and so do the elements of a and b, the other values. */
DEVICE float finished(float y, int at, GLOBAL const float *a, GLOBAL const float *b, CONSTANT const Finish &finish) {
  UNROLL
  for (int i = 0; i < FINISH_STEPS; i++) {
    if (i >= finish.count) break;
    CONSTANT const FinishStep &step = finish.steps[i];
    if (step.kind <= FIN_GATED_CURVE) {
      float u = y * step.factor + step.shift;
      /* Comparisons that NaN passes. */
      u = u < step.low ? step.low : u;
      u = u > step.high ? step.high : u;
      y = (step.kind == FIN_GATED_CURVE ? y * u : u) * step.lastFactor + step.lastShift;
    } else if (step.kind == FIN_FUNCTION) {
      y = activation(step.function, y);
    } else {
      float other = step.other == 0 ? a[at] : b[at];
      y = step.kind == FIN_OTHER ? binary(step.function, y, other) : binary(step.function, other, y);
    }
  }
  return y;
}
