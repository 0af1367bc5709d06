/*
 * The tiles of Intel's AMX, here called squares because weights come in tiles: registers of up to 16
 * rows of 64 bytes, and products of two that are added to a third. Intel's Software Developer's
 * Manual, volume 1, chapter 18, and volume 2. With EMULATED_SQUARES they are arrays, for tests on
 * processors without; those stop where the processor would.
 */
#ifndef GATUN_SQUARES_H
#define GATUN_SQUARES_H

#include <stdint.h>
#include <string.h>

/* What the processor reads: rows, and bytes of a row, of each square. */
typedef struct {
  uint8_t palette;
  uint8_t start;
  uint8_t reserved[14];
  uint16_t bytes[16];
  uint8_t rows[16];
} square_shapes;

#if defined(EMULATED_SQUARES)
#include <stdlib.h>

static _Thread_local struct {
  square_shapes shapes;
  uint8_t rows[8][16][64];
} squares;

static void require(int fine) {
  if (!fine) {
    abort();
  }
}

static void square_config(const square_shapes *shapes) {
  require(shapes->palette == 1);
  memset(&squares, 0, sizeof squares);
  squares.shapes = *shapes;
}

static void square_release(void) { memset(&squares, 0, sizeof squares); }

static void square_clear(int s) {
  require(squares.shapes.rows[s] > 0);
  memset(squares.rows[s], 0, sizeof squares.rows[s]);
}

static void square_load(int s, const void *at, int64_t stride) {
  square_clear(s);
  for (int r = 0; r < squares.shapes.rows[s]; r++) {
    memcpy(squares.rows[s][r], (const uint8_t *)at + r * stride, squares.shapes.bytes[s]);
  }
}

static void square_store(int s, void *at, int64_t stride) {
  require(squares.shapes.rows[s] > 0);
  for (int r = 0; r < squares.shapes.rows[s]; r++) {
    memcpy((uint8_t *)at + r * stride, squares.rows[s][r], squares.shapes.bytes[s]);
  }
}

/* Shapes that fit each other: y [rows, n] += a [rows, depth] b [depth, n], in units of 4 bytes. */
static void require_product(int y, int a, int b) {
  const square_shapes *shapes = &squares.shapes;
  require(shapes->rows[y] == shapes->rows[a] && shapes->bytes[y] == shapes->bytes[b]);
  require(shapes->bytes[a] == 4 * shapes->rows[b] && shapes->rows[y] > 0);
}

static void square_bytes(int y, int a, int b) {
  require_product(y, a, b);
  for (int r = 0; r < squares.shapes.rows[y]; r++) {
    for (int c = 0; c < squares.shapes.bytes[y] / 4; c++) {
      int32_t sum;
      memcpy(&sum, squares.rows[y][r] + 4 * c, 4);
      for (int i = 0; i < squares.shapes.bytes[a]; i++) {
        sum += (int8_t)squares.rows[a][r][i] * squares.rows[b][i / 4][4 * c + i % 4];
      }
      memcpy(squares.rows[y][r] + 4 * c, &sum, 4);
    }
  }
}

static float brain_at(const uint8_t *at) {
  uint16_t upper;
  memcpy(&upper, at, 2);
  uint32_t bits = (uint32_t)upper << 16;
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

/* Sums of even and of odd products apart, then together. */
static void square_brains(int y, int a, int b) {
  require_product(y, a, b);
  for (int r = 0; r < squares.shapes.rows[y]; r++) {
    for (int c = 0; c < squares.shapes.bytes[y] / 4; c++) {
      float sums[2] = {0, 0};
      for (int i = 0; i < squares.shapes.bytes[a] / 2; i++) {
        float w = brain_at(squares.rows[b][i / 2] + 4 * c + i % 2 * 2);
        sums[i % 2] = __builtin_fmaf(brain_at(squares.rows[a][r] + 2 * i), w, sums[i % 2]);
      }
      float sum;
      memcpy(&sum, squares.rows[y][r] + 4 * c, 4);
      sum += sums[0] + sums[1];
      memcpy(squares.rows[y][r] + 4 * c, &sum, 4);
    }
  }
}

#define SQUARE_CONFIG(shapes) square_config(shapes)
#define SQUARE_RELEASE() square_release()
#define SQUARE_CLEAR(s) square_clear(s)
#define SQUARE_LOAD(s, at, stride) square_load(s, at, stride)
#define SQUARE_STORE(s, at, stride) square_store(s, at, stride)
#define SQUARE_BYTES(y, a, b) square_bytes(y, a, b)
#define SQUARE_BRAINS(y, a, b) square_brains(y, a, b)
#else
#include <immintrin.h>

/* Compilers do not all know that a load reads memory. */
#define SQUARE_BARRIER() __asm__ volatile("" ::: "memory")

#define SQUARE_CONFIG(shapes)                                                                      \
  SQUARE_BARRIER();                                                                                \
  _tile_loadconfig(shapes)
#define SQUARE_RELEASE() _tile_release()
#define SQUARE_CLEAR(s) _tile_zero(s)
#define SQUARE_LOAD(s, at, stride)                                                                 \
  SQUARE_BARRIER();                                                                                \
  _tile_loadd(s, at, stride)
#define SQUARE_STORE(s, at, stride)                                                                \
  _tile_stored(s, at, stride);                                                                     \
  SQUARE_BARRIER()
/* Bytes with sign in a, without in b. */
#define SQUARE_BYTES(y, a, b) _tile_dpbsud(y, a, b)
#define SQUARE_BRAINS(y, a, b) _tile_dpbf16ps(y, a, b)
#endif

/* Numbers of squares: sums of up to 32 rows of X, X, W. */
#define SUM_0 0
#define SUM_1 1
#define SUM_2 2
#define SUM_3 3
#define X_0 4
#define X_1 5
#define W_0 6
#define W_1 7

/* Sums [rows, 16] of X [rows, depth] and W [depth, 16], in units of 4 bytes. */
static void configure(int rows, int depth) {
  square_shapes shapes = {.palette = 1};
  for (int s = 0; s < 8; s++) {
    shapes.rows[s] = (uint8_t)(s < W_0 ? rows : depth);
    shapes.bytes[s] = (uint16_t)(s == X_0 || s == X_1 ? 4 * depth : 64);
  }
  SQUARE_CONFIG(&shapes);
}

#endif
