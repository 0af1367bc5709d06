/* Two values side by side. No kernel of its own; families include it. */

#include "axes.h"

/* Extents and strides in elements, innermost first. */
struct PairParams {
  int count;
  int function;
  int rank;
  int extent[AXES];
  int a[AXES];
  int b[AXES];
  int dtype;
};

/* Numbered as Comparison.Function of the graph. */
enum { C_EQUAL, C_GREATER, C_GREATER_OR_EQUAL, C_LESS, C_LESS_OR_EQUAL };

template <class T>
DEVICE uint8_t compared(int function, T a, T b) {
  switch (function) {
    case C_EQUAL: return a == b;
    case C_GREATER: return a > b;
    case C_GREATER_OR_EQUAL: return a >= b;
    case C_LESS: return a < b;
    default: return a <= b;
  }
}
