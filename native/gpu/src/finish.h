/*
 * What happens to a result before it is stored: bounds, functions, another value. No kernel of its own.
 * The steps are those of dev.gatun.engine's FinishPart.
 */

#include "functions.h"

enum { FIN_CURVE, FIN_GATED_CURVE, FIN_FUNCTION, FIN_OTHER, FIN_OTHER_FIRST };

/*
 * Curve: u = y factor + shift, at least low, at most high; then u, or y u when gated, times last_factor plus last_shift.
 * Function: activation(function, y). Other: binary function (but POW) of y
 * and other, or the other way round.
 */
struct FinishStep {
  int kind;
  int function;
  int other;
  float factor;
  float shift;
  float low;
  float high;
  float last_factor;
  float last_shift;
};

#define FINISH_STEPS 4

/* functions: whether a step is one. */
struct Finish {
  int count;
  int functions;
  FinishStep steps[FINISH_STEPS];
};

/*
 * y after all steps; at: where it will stand, and so do the elements of a and b, the other values. Without FUNCTIONS
 * those are left out: a kernel that has many results holds the code of functions once, not for each of them.
 */
template <bool FUNCTIONS>
DEVICE float finished(float y, int at, GLOBAL const float *a, GLOBAL const float *b, CONSTANT const Finish &finish) {
  for (int i = 0; i < finish.count; i++) {
    CONSTANT const FinishStep &step = finish.steps[i];
    if (step.kind <= FIN_GATED_CURVE) {
      float u = y * step.factor + step.shift;
      /* Comparisons that NaN passes. */
      u = u < step.low ? step.low : u;
      u = u > step.high ? step.high : u;
      y = (step.kind == FIN_GATED_CURVE ? y * u : u) * step.last_factor + step.last_shift;
    } else if (step.kind == FIN_FUNCTION) {
      if (FUNCTIONS) y = activation(step.function, y);
    } else {
      float other = step.other == 0 ? a[at] : b[at];
      float left = step.kind == FIN_OTHER ? y : other;
      float right = step.kind == FIN_OTHER ? other : y;
      switch (step.function) {
        case B_ADD: y = left + right; break;
        case B_SUB: y = left - right; break;
        case B_MUL: y = left * right; break;
        case B_DIV: y = left / right; break;
        case B_MAX: y = left > right || m_isnan(left) ? left : right; break;
        default: y = left < right || m_isnan(left) ? left : right;
      }
    }
  }
  return y;
}
