/* What an instruction set offers: one constant table per set, named by its file. */
#ifndef GATUN_KERNELS_H
#define GATUN_KERNELS_H

#include <stdint.h>

/* A part of what a convolution's result goes through: gatun_cpu_convolve says how it is read. */
typedef struct {
  int64_t kind;
  int64_t function;
  int64_t flag;
  int64_t other;
  float factor, shift, low, high, lastFactor, lastShift;
  float unused[2];
} gatun_part;

typedef struct {
  int64_t (*rowBytes)(int64_t format, int64_t k);
  void (*prepare)(
      int64_t format, const float *x, int64_t k, uint8_t *y, int64_t from, int64_t to);
  void (*matmul)(
      int64_t format, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k,
      float *y, int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch);
  void (*rms)(
      const float *x, const float *scale, float *y, int64_t columns, double epsilon, int64_t from,
      int64_t to);
  void (*layer)(
      const float *x, const float *scale, const float *bias, float *y, int64_t columns,
      double epsilon, int64_t from, int64_t to);
  void (*dense)(
      const float *a, const float *b, int64_t transposed, int64_t n, int64_t k, float *y,
      int64_t from, int64_t to);
  void (*product)(
      const float *a, int64_t aStride, const float *b, int64_t bStride, float *y, int64_t yStride,
      int64_t m, int64_t n, int64_t k, int64_t add);
  void (*rotate)(
      const float *x, const float *cosine, const float *sine, float *y, int64_t heads,
      int64_t headDim, int64_t offset, int64_t rotaryDim, int64_t interleaved, int64_t from,
      int64_t to);
  void (*softmax)(const float *x, float *y, int64_t columns, int64_t from, int64_t to);
  void (*unary)(int64_t function, const float *x, float *y, int64_t count);
  void (*binary)(int64_t function, const float *a, const float *b, float *y, int64_t count);
  void (*binaryScalar)(
      int64_t function, const float *a, float b, int64_t reversed, float *y, int64_t count);
  void (*gated)(int64_t activation, const float *gate, const float *up, float *y, int64_t count);
  void (*addScaled)(const float *x, float factor, float *y, int64_t count);
  void (*store)(
      int64_t type, const float *x, int64_t dim, void *tile, int64_t slot, int64_t keys);
  void (*load)(int64_t type, const void *tile, int64_t dim, float *y, int64_t keys);
  void (*scores)(const float *q, int64_t queries, const float *keys, int64_t dim, float *s);
  void (*softCap)(float *s, int64_t count, float cap);
  void (*weigh)(float *s, int64_t from, int64_t to, float *stats, float *sum, int64_t dim);
  void (*accumulate)(
      const float *weights, int64_t queries, const float *values, int64_t dim, int64_t from,
      int64_t to, float *sums);
  void (*accumulateKeys)(
      const float *weights, int64_t queries, const float *keys, int64_t dim, float *sums);
  void (*attend)(
      int64_t type, const float *q, int64_t queries, int64_t keyDim, int64_t valueDim,
      float softcap, const int32_t *ranges, int64_t first, const int64_t *tiles, int64_t count,
      float *stats, float *sums, float *scratch);
  void (*convolve)(
      const int64_t *windows, int64_t in, const float *x, const float *weights, const float *bias,
      float *y, const gatun_part *parts, int64_t count, int64_t plane, int64_t fromRow,
      int64_t toRow, int64_t fromColumn, int64_t toColumn, int64_t fromChannel, int64_t toChannel,
      float *scratch);
  void (*depthwise)(
      const int64_t *windows, int64_t out, const float *x, const float *weights, const float *bias,
      float *y, const gatun_part *parts, int64_t count, int64_t fromRow, int64_t toRow,
      int64_t fromColumn, int64_t toColumn, int64_t fromChannel, int64_t toChannel,
      float *scratch);
  void (*finish)(
      const gatun_part *parts, int64_t count, const float *x, float *y, int64_t at, int64_t n);
  void (*reduceRows)(
      int64_t function, const float *x, float *y, int64_t columns, int64_t from, int64_t to);
  void (*encode)(
      int64_t format, const float *x, int64_t rows, int64_t columns, const float *importance,
      uint8_t *y);
  int64_t (*readBytes)(const uint8_t *at, int64_t bytes);
  int64_t (*multiplyAdds)(int64_t rounds, uint8_t *data);
} gatun_kernels;

extern const gatun_kernels gatun_portable;
#if defined(GATUN_X86)
extern const gatun_kernels gatun_avx2;
extern const gatun_kernels gatun_avxvnni;
extern const gatun_kernels gatun_avx512;
extern const gatun_kernels gatun_avx512vnni;
extern const gatun_kernels gatun_avx512bf16;

/* AMX adds nothing but products to that. */
void gatun_amx_matmul(
    int64_t format, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k,
    float *y, int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch);
#elif defined(GATUN_ARM64)
extern const gatun_kernels gatun_neon;
extern const gatun_kernels gatun_dotprod;
extern const gatun_kernels gatun_i8mm;
#endif

#endif
