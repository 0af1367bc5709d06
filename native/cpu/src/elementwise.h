/* Element by element; y may be an input. */
#ifndef GATUN_ELEMENTWISE_H
#define GATUN_ELEMENTWISE_H

#include "kernels.h"

/* Whole vectors, then the rest: BODY computes y from vectors a and b of elements i and after. */
#define LOOP(count, LOAD_A, LOAD_B, BODY)                                                          \
  int64_t i = 0;                                                                                   \
  for (; i + LANES <= (count); i += LANES) {                                                       \
    floats a = load(LOAD_A + i), b = load(LOAD_B + i);                                             \
    store(y + i, BODY);                                                                            \
  }                                                                                                \
  if (i < (count)) {                                                                               \
    floats a = load_part(LOAD_A + i, (count)-i), b = load_part(LOAD_B + i, (count)-i);             \
    store_part(y + i, BODY, (count)-i);                                                            \
  }

INLINE void unary_of(int64_t function, const float *x, float *y, int64_t count) {
  LOOP(count, x, x, ((void)b, apply(function, a)))
}

static void unary(int64_t function, const float *x, float *y, int64_t count) {
  switch (function) {
    case GATUN_CPU_NEG:
      unary_of(GATUN_CPU_NEG, x, y, count);
      break;
    case GATUN_CPU_ABS:
      unary_of(GATUN_CPU_ABS, x, y, count);
      break;
    case GATUN_CPU_EXP:
      unary_of(GATUN_CPU_EXP, x, y, count);
      break;
    case GATUN_CPU_RECIPROCAL:
      unary_of(GATUN_CPU_RECIPROCAL, x, y, count);
      break;
    case GATUN_CPU_SIGMOID:
      unary_of(GATUN_CPU_SIGMOID, x, y, count);
      break;
    case GATUN_CPU_TANH:
      unary_of(GATUN_CPU_TANH, x, y, count);
      break;
    case GATUN_CPU_SILU:
      unary_of(GATUN_CPU_SILU, x, y, count);
      break;
    case GATUN_CPU_GELU_TANH:
      unary_of(GATUN_CPU_GELU_TANH, x, y, count);
      break;
    case GATUN_CPU_SQRT:
      unary_of(GATUN_CPU_SQRT, x, y, count);
      break;
    case GATUN_CPU_ERF:
      unary_of(GATUN_CPU_ERF, x, y, count);
      break;
    case GATUN_CPU_GELU:
      unary_of(GATUN_CPU_GELU, x, y, count);
      break;
    default:
      unary_of(GATUN_CPU_RELU, x, y, count);
  }
}

INLINE void binary_of(int64_t function, const float *p, const float *q, float *y, int64_t count) {
  LOOP(count, p, q, apply2(function, a, b))
}

static void binary(int64_t function, const float *a, const float *b, float *y, int64_t count) {
  switch (function) {
    case GATUN_CPU_ADD:
      binary_of(GATUN_CPU_ADD, a, b, y, count);
      break;
    case GATUN_CPU_SUB:
      binary_of(GATUN_CPU_SUB, a, b, y, count);
      break;
    case GATUN_CPU_MUL:
      binary_of(GATUN_CPU_MUL, a, b, y, count);
      break;
    case GATUN_CPU_MAX:
      binary_of(GATUN_CPU_MAX, a, b, y, count);
      break;
    case GATUN_CPU_MIN:
      binary_of(GATUN_CPU_MIN, a, b, y, count);
      break;
    default:
      binary_of(GATUN_CPU_DIV, a, b, y, count);
  }
}

INLINE void scalar_of(
    int64_t function, const float *x, float second, int64_t reversed, float *y, int64_t count) {
  floats s = spread(second);
  LOOP(count, x, x, ((void)b, reversed ? apply2(function, s, a) : apply2(function, a, s)))
}

static void binary_scalar(
    int64_t function, const float *a, float b, int64_t reversed, float *y, int64_t count) {
  switch (function) {
    case GATUN_CPU_ADD:
      scalar_of(GATUN_CPU_ADD, a, b, 0, y, count);
      break;
    case GATUN_CPU_SUB:
      scalar_of(GATUN_CPU_SUB, a, b, reversed, y, count);
      break;
    case GATUN_CPU_MUL:
      scalar_of(GATUN_CPU_MUL, a, b, 0, y, count);
      break;
    case GATUN_CPU_MAX:
      scalar_of(GATUN_CPU_MAX, a, b, 0, y, count);
      break;
    case GATUN_CPU_MIN:
      scalar_of(GATUN_CPU_MIN, a, b, 0, y, count);
      break;
    default:
      scalar_of(GATUN_CPU_DIV, a, b, reversed, y, count);
  }
}

INLINE void gated_of(
    int64_t activation, const float *gate, const float *up, float *y, int64_t count) {
  LOOP(count, gate, up, apply(activation, a) * b)
}

static void gated(
    int64_t activation, const float *gate, const float *up, float *y, int64_t count) {
  switch (activation) {
    case GATUN_CPU_SILU:
      gated_of(GATUN_CPU_SILU, gate, up, y, count);
      break;
    case GATUN_CPU_GELU_TANH:
      gated_of(GATUN_CPU_GELU_TANH, gate, up, y, count);
      break;
    default:
      gated_of(activation, gate, up, y, count);
  }
}

static void add_scaled(const float *x, float factor, float *y, int64_t count) {
  LOOP(count, x, y, b + a * factor)
}

#undef LOOP
#endif
