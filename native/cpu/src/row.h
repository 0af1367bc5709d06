/* Row by row: normalization, softmax, rotary embedding. */
#ifndef GATUN_ROW_H
#define GATUN_ROW_H

#include "function.h"

/* Squares are summed in double precision, as the scalar twin does, in LANES sums. */
static void rms(
    const float *x, const float *scale, float *y, int64_t columns, double epsilon, int64_t from,
    int64_t to) {
  for (int64_t row = from; row < to; row++) {
    const float *a = x + row * columns;
    float *b = y + row * columns;
    double sums[LANES] = {0};
    int64_t i = 0;
    for (; i + LANES <= columns; i += LANES) {
      for (int j = 0; j < LANES; j++) {
        sums[j] += (double)a[i + j] * (double)a[i + j];
      }
    }
    double squares = 0;
    for (int j = 0; j < LANES; j++) {
      squares += sums[j];
    }
    for (; i < columns; i++) {
      squares += (double)a[i] * (double)a[i];
    }
    double inverse = 1 / __builtin_sqrt(squares / (double)columns + epsilon);
    float factor = (float)inverse;
    for (i = 0; i < columns; i++) {
      b[i] = a[i] * factor * scale[i];
    }
  }
}

INLINE double sum_of_doubles(const double *sums) {
  double sum = 0;
  for (int j = 0; j < LANES; j++) {
    sum += sums[j];
  }
  return sum;
}

/* Sums in double precision, too; no bias when it is NULL. */
static void layer(
    const float *x, const float *scale, const float *bias, float *y, int64_t columns,
    double epsilon, int64_t from, int64_t to) {
  for (int64_t row = from; row < to; row++) {
    const float *a = x + row * columns;
    float *b = y + row * columns;
    int64_t whole = columns / LANES * LANES;
    double sums[LANES] = {0};
    for (int64_t i = 0; i < whole; i += LANES) {
      for (int j = 0; j < LANES; j++) {
        sums[j] += (double)a[i + j];
      }
    }
    for (int64_t i = whole; i < columns; i++) {
      sums[i - whole] += (double)a[i];
    }
    double mean = sum_of_doubles(sums) / (double)columns;
    double squares[LANES] = {0};
    for (int64_t i = 0; i < whole; i += LANES) {
      for (int j = 0; j < LANES; j++) {
        double centred = (double)a[i + j] - mean;
        squares[j] += centred * centred;
      }
    }
    for (int64_t i = whole; i < columns; i++) {
      double centred = (double)a[i] - mean;
      squares[i - whole] += centred * centred;
    }
    double variance = sum_of_doubles(squares) / (double)columns;
    float factor = (float)(1 / __builtin_sqrt(variance + epsilon));
    for (int64_t i = 0; i < columns; i++) {
      b[i] = (float)((double)a[i] - mean) * factor * scale[i] + (bias == NULL ? 0 : bias[i]);
    }
  }
}

static void softmax(const float *x, float *y, int64_t columns, int64_t from, int64_t to) {
  for (int64_t row = from; row < to; row++) {
    const float *a = x + row * columns;
    float *b = y + row * columns;
    floats most = spread(-__builtin_inff());
    int64_t whole = columns / LANES * LANES;
    for (int64_t i = 0; i < whole; i += LANES) {
      most = larger(load(a + i), most);
    }
    float max = largest_of(most);
    for (int64_t i = whole; i < columns; i++) {
      max = a[i] > max ? a[i] : max;
    }
    floats sum = {0};
    for (int64_t i = 0; i < whole; i += LANES) {
      floats weight = exponential(load(a + i) - max);
      store(b + i, weight);
      sum += weight;
    }
    float total = sum_of(sum);
    if (whole < columns) {
      float parts[LANES];
      store(parts, exponential(load_part(a + whole, columns - whole) - max));
      for (int64_t i = whole; i < columns; i++) {
        b[i] = parts[i - whole];
        total += b[i];
      }
    }
    float factor = 1 / total;
    for (int64_t i = 0; i < columns; i++) {
      b[i] *= factor;
    }
  }
}

/* The halves of a head, vector by vector; where fewer are left, pair by pair. */
INLINE void rotate_head(
    const float *x, const float *cosine, const float *sine, float *y, int64_t half,
    int64_t interleaved) {
  int64_t i = 0;
  int64_t step = interleaved ? 2 : 1;
  int64_t distance = interleaved ? 1 : half;
  for (; !interleaved && i + LANES <= half; i += LANES) {
    floats a = load(x + i), b = load(x + half + i);
    floats c = load(cosine + i), s = load(sine + i);
    store(y + i, a * c - b * s);
    store(y + half + i, a * s + b * c);
  }
  for (; i < half; i++) {
    float a = x[i * step], b = x[i * step + distance];
    y[i * step] = a * cosine[i] - b * sine[i];
    y[i * step + distance] = a * sine[i] + b * cosine[i];
  }
}

static void rotate(
    const float *x, const float *cosine, const float *sine, float *y, int64_t heads,
    int64_t headDim, int64_t offset, int64_t rotaryDim, int64_t interleaved, int64_t from,
    int64_t to) {
  int64_t half = rotaryDim / 2;
  for (int64_t row = from; row < to; row++) {
    for (int64_t head = 0; head < heads; head++) {
      int64_t at = (row * heads + head) * headDim;
      rotate_head(
          x + at + offset, cosine + row * half, sine + row * half, y + at + offset, half,
          interleaved);
      if (x != y) {
        int64_t end = offset + rotaryDim;
        memcpy(y + at, x + at, (size_t)(4 * offset));
        memcpy(y + at + end, x + at + end, (size_t)(4 * (headDim - end)));
      }
    }
  }
}

#endif
