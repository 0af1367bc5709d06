/* Recurrent layers: RNN, GRU and LSTM as ONNX defines them. */

#include "functions.h"

/* Numbered as Recurrent.Kind of the graph. */
enum { CELL_RNN, CELL_GRU, CELL_LSTM };

/* Numbered as Recurrent.Function of the graph. */
enum {
  CELL_RELU, CELL_TANH, CELL_SIGMOID, CELL_AFFINE, CELL_LEAKY_RELU, CELL_THRESHOLDED_RELU, CELL_SCALED_TANH,
  CELL_HARD_SIGMOID, CELL_ELU, CELL_SOFTSIGN, CELL_SOFTPLUS
};

/* Most numbers of a state. */
#define HIDDEN 1024

/* functions, alpha, beta: of the first direction, then of the second. clip: bound of what gates apply functions to. */
struct RecurrentParams {
  int kind;
  int time;
  int batch;
  int in;
  int hidden;
  int directions;
  int reverse;
  int batchFirst;
  int biased;
  int lengths;
  int hasH;
  int hasC;
  int peepholes;
  int inputForget;
  int linearBeforeReset;
  float clip;
  int functions[6];
  float alpha[6];
  float beta[6];
};

DEVICE float activated(int direction, int function, float x, CONSTANT const RecurrentParams &p) {
  int f = direction * (p.kind + 1) + function;
  float a = p.alpha[f];
  switch (p.functions[f]) {
    case CELL_RELU: return x > 0.0f ? x : 0.0f;
    case CELL_TANH: return m_tanh(x);
    case CELL_SIGMOID: return sigmoid(x);
    case CELL_AFFINE: return a * x + p.beta[f];
    case CELL_LEAKY_RELU: return x >= 0.0f ? x : a * x;
    case CELL_THRESHOLDED_RELU: return x >= a ? x : 0.0f;
    case CELL_SCALED_TANH: return a * m_tanh(p.beta[f] * x);
    case CELL_HARD_SIGMOID: return clamp_to(a * x + p.beta[f], 0.0f, 1.0f);
    case CELL_ELU: return x >= 0.0f ? x : a * exp_minus_1(x);
    case CELL_SOFTSIGN: return x / (1.0f + m_abs(x));
    default: return softplus(x);
  }
}

DEVICE float gate(int direction, int function, float x, CONSTANT const RecurrentParams &p) {
  return activated(direction, function, x < -p.clip ? -p.clip : x > p.clip ? p.clip : x, p);
}

DEVICE float row_sum(GLOBAL const float *w, GLOBAL const float *x, int n) {
  float sum = 0.0f;
  for (int i = 0; i < n; i++) sum += w[i] * x[i];
  return sum;
}

DEVICE float state_sum(GLOBAL const float *w, SHARED_PTR const float *h, int n) {
  float sum = 0.0f;
  for (int i = 0; i < n; i++) sum += w[i] * h[i];
  return sum;
}

/*
 * x: f32 [time, batch, in]; w: [D, G hidden, in]; r: [D, G hidden, hidden]; bias: [D, 2 G hidden]; lengths: i32 [batch];
 * h, c: [D, batch, hidden]; peepholes: [D, 3 hidden]; y: [time, D, batch, hidden], 0 beyond a length; lastH, lastC as h.
 * When batchFirst x is [batch, time, in], y [batch, time, D, hidden] and h [batch, D, hidden]. hidden at most 1024.
 * One group walks one sequence in one direction, a thread per number of the state. Grid: batch, D.
 */
KERNEL(recurrent, GLOBAL const float *x, GLOBAL const float *w, GLOBAL const float *r, GLOBAL const float *bias,
       GLOBAL const int *lengths, GLOBAL const float *h, GLOBAL const float *c, GLOBAL const float *peepholes,
       GLOBAL float *y, GLOBAL float *lastH, GLOBAL float *lastC, PARAMS(RecurrentParams) p) {
  SHARED(float, old, HIDDEN);
  SHARED(float, scaled, HIDDEN);
  SHARED(float, next, HIDDEN);
  int n = GROUP_X;
  int d = GROUP_Y;
  int H = p.hidden;
  int gates = p.kind == CELL_RNN ? 1 : p.kind == CELL_GRU ? 3 : 4;
  bool backward = d == 1 || p.reverse;
  int state = (p.batchFirst ? n * p.directions + d : d * p.batch + n) * H;
  int length = p.lengths ? lengths[n] : p.time;
  GLOBAL const float *wd = w + d * gates * H * p.in;
  GLOBAL const float *rd = r + d * gates * H * H;
  GLOBAL const float *bd = bias + d * 2 * gates * H;
  GLOBAL const float *pd = peepholes + d * 3 * H;
  for (int j = THREAD; j < H; j += THREADS) {
    old[j] = p.hasH ? h[state + j] : 0.0f;
    if (p.kind == CELL_LSTM) lastC[state + j] = p.hasC ? c[state + j] : 0.0f;
  }
  BARRIER();
  for (int i = 0; i < p.time; i++) {
    int t = i >= length ? i : backward ? length - 1 - i : i;
    int to = (p.batchFirst ? (n * p.time + t) * p.directions + d : (t * p.directions + d) * p.batch + n) * H;
    GLOBAL const float *xt = x + (p.batchFirst ? n * p.time + t : t * p.batch + n) * p.in;
    if (i >= length) {
      for (int j = THREAD; j < H; j += THREADS) y[to + j] = 0.0f;
      continue;
    }
    if (p.kind == CELL_GRU) {
      for (int j = THREAD; j < H; j += THREADS) {
        float sum = row_sum(wd + (H + j) * p.in, xt, p.in) + state_sum(rd + (H + j) * H, old, H);
        if (p.biased) sum += bd[H + j] + bd[4 * H + j];
        float reset = gate(d, 0, sum, p);
        scaled[j] = p.linearBeforeReset ? reset : reset * old[j];
      }
      BARRIER();
    }
    for (int j = THREAD; j < H; j += THREADS) {
      float sum[4];
      UNROLL
      for (int g = 0; g < 4; g++) {
        if (g >= gates) break;
        /* GRU's reset gate is known, and its last gate sees a state of its own. */
        bool part = p.kind == CELL_GRU && g > 0;
        int row = g * H + j;
        sum[g] = part && g == 1 ? 0.0f : row_sum(wd + row * p.in, xt, p.in);
        if (!part) sum[g] += state_sum(rd + row * H, old, H);
        if (p.biased) sum[g] += bd[row] + (part ? 0.0f : bd[gates * H + row]);
      }
      float result;
      if (p.kind == CELL_RNN) {
        result = gate(d, 0, sum[0], p);
      } else if (p.kind == CELL_GRU) {
        float update = gate(d, 0, sum[0], p);
        float own = p.biased ? bd[5 * H + j] : 0.0f;
        float part = p.linearBeforeReset ? scaled[j] * (state_sum(rd + (2 * H + j) * H, old, H) + own)
                                         : state_sum(rd + (2 * H + j) * H, scaled, H) + own;
        result = (1.0f - update) * gate(d, 1, sum[2] + part, p) + update * old[j];
      } else {
        float cell = lastC[state + j];
        float in = gate(d, 0, sum[0] + (p.peepholes ? pd[j] * cell : 0.0f), p);
        float forget = p.inputForget ? 1.0f - in : gate(d, 0, sum[2] + (p.peepholes ? pd[2 * H + j] * cell : 0.0f), p);
        cell = forget * cell + in * gate(d, 1, sum[3], p);
        float out = gate(d, 0, sum[1] + (p.peepholes ? pd[H + j] * cell : 0.0f), p);
        lastC[state + j] = cell;
        result = out * activated(d, 2, cell, p);
      }
      next[j] = result;
      y[to + j] = result;
    }
    BARRIER();
    for (int j = THREAD; j < H; j += THREADS) old[j] = next[j];
    BARRIER();
  }
  for (int j = THREAD; j < H; j += THREADS) lastH[state + j] = old[j];
}
