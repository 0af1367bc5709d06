#include "activation.h"

struct GatedParams {
  int rows;
  int width;
  int function;
  int gate_stride;
  int up_stride;
};

/*
 * y = activation(gate) * up (Shazeer 2020).
 * gate: f32 [rows, width], a row every gate_stride elements; up: likewise, up_stride; y: f32 [rows, width], packed.
 * function: FUNCTION_ of activation.h.
 * Grid: (ceil(width / threads), rows). Threads: any.
 */
KERNEL(gated, GLOBAL const float *gate, GLOBAL const float *up, GLOBAL float *y, PARAMS(GatedParams) p) {
  int i = GLOBAL_ID_X;
  int64 row = GROUP_Y;
  if (INSIDE(i < p.width)) {
    y[row * p.width + i] = activation(p.function, gate[row * p.gate_stride + i]) * up[row * p.up_stride + i];
  }
}
