#include "groups.h"

struct RmsNormParams {
  int rows;
  int width;
  int x_stride;
  int y_stride;
  float epsilon;
};

/*
 * y = x / sqrt(mean(x^2) + epsilon) * scale, row by row (Zhang and Sennrich 2019).
 * x: f32 [rows, width], a row every x_stride elements; scale: f32 [width]; y: f32 [rows, width], a row every y_stride
 * elements; y may be x.
 * Grid: (rows). Threads: any.
 */
KERNEL(rms_norm, GLOBAL const float *x, GLOBAL const float *scale, GLOBAL float *y, PARAMS(RmsNormParams) p) {
  SHARED(float, parts, 32);
  GLOBAL const float *from = x + int64(GROUP_X) * p.x_stride;
  GLOBAL float *to = y + int64(GROUP_X) * p.y_stride;
  float squares = 0;
  for (int i = THREAD; i < p.width; i += THREADS) squares += from[i] * from[i];
  squares = group_sum(PLACE, squares, parts);
  float factor = 1.0f / m_sqrt(squares / float(p.width) + p.epsilon);
  for (int i = THREAD; i < p.width; i += THREADS) to[i] = from[i] * factor * scale[i];
}

struct LayerNormParams {
  int rows;
  int width;
  int x_stride;
  int y_stride;
  int has_bias;
  float epsilon;
};

/*
 * y = (x - mean(x)) / sqrt(variance(x) + epsilon) * scale + bias, row by row (Ba et al. 2016).
 * x: f32 [rows, width], a row every x_stride elements; scale: f32 [width]; bias: f32 [width], read when has_bias;
 * y: f32 [rows, width], a row every y_stride elements; y may be x.
 * Grid: (rows). Threads: any.
 */
KERNEL(layer_norm, GLOBAL const float *x, GLOBAL const float *scale, GLOBAL const float *bias, GLOBAL float *y,
       PARAMS(LayerNormParams) p) {
  SHARED(float, parts, 32);
  GLOBAL const float *from = x + int64(GROUP_X) * p.x_stride;
  GLOBAL float *to = y + int64(GROUP_X) * p.y_stride;
  float sum = 0;
  for (int i = THREAD; i < p.width; i += THREADS) sum += from[i];
  float mean = group_sum(PLACE, sum, parts) / float(p.width);
  float squares = 0;
  for (int i = THREAD; i < p.width; i += THREADS) squares += (from[i] - mean) * (from[i] - mean);
  BARRIER();
  squares = group_sum(PLACE, squares, parts);
  float factor = 1.0f / m_sqrt(squares / float(p.width) + p.epsilon);
  for (int i = THREAD; i < p.width; i += THREADS) {
    to[i] = (from[i] - mean) * factor * scale[i] + (p.has_bias ? bias[i] : 0.0f);
  }
}

struct LocalNormParams {
  int count;
  int channels;
  int inner;
  int before;
  int after;
  float scale;
  float beta;
  float bias;
};

/*
 * y = x / (bias + scale sum of squares of the channels around it)^beta: LRN. x, y: f32 [.., channels, inner], count
 * elements. A thread per element of y.
 */
KERNEL(local_norm, GLOBAL const float *x, GLOBAL float *y, PARAMS(LocalNormParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.count)) return;
  int channel = i / p.inner % p.channels;
  int from = m_max(-channel, -p.before);
  int to = m_min(p.channels - 1 - channel, p.after);
  float sum = 0.0f;
  for (int j = from; j <= to; j++) {
    float other = x[i + j * p.inner];
    sum += other * other;
  }
  y[i] = x[i] / m_pow(p.bias + p.scale * sum, p.beta);
}
