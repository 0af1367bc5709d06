/* The language of the kernels on the host: C++14 over the emulated GPU (host/group.h). Test only. */
#ifndef GATUN_PRELUDE_HOST_H
#define GATUN_PRELUDE_HOST_H

#include <cmath>
#include <cstdint>
#include <cstring>

#include "group.h"

#define GATUN_HOST 1

using gatun::Place;

#define KERNEL(name, ...) static void name(const Place &gatun_place, __VA_ARGS__)
#define DEVICE static inline
#define GLOBAL
#define CONSTANT
#define LOCAL
#define PARAMS(type) const type &
#define SHARED(type, name, count) type *const name = static_cast<type *>(gatun::shared(sizeof(type) * (count)))
#define SHARED_PTR
#define TABLE(type, name, count) static const type name[count]
#define UNROLL
#define ROLLED

#define PLACE gatun_place
#define GROUP_X (gatun_place.x)
#define GROUP_Y (gatun_place.y)
#define GROUP_Z (gatun_place.z)
#define GRID_X (gatun_place.grid_x)
#define THREAD (gatun_place.id)
#define THREADS (gatun_place.threads)
#define LANE (gatun_place.lane)
#define SIMD_GROUP (gatun_place.simd)
#define GLOBAL_ID_X (GROUP_X * THREADS + THREAD)

#ifdef GATUN_MUTANTS
#define BARRIER() (gatun::mutated(__FILE__, __LINE__) ? (void)0 : gatun::barrier(__LINE__))
#define SIMD_BARRIER() (gatun::mutated(__FILE__, __LINE__) ? (void)0 : gatun::simd_barrier(__LINE__))
#define INSIDE(condition) (gatun::mutated(__FILE__, __LINE__) || (condition))
#else
#define BARRIER() gatun::barrier(__LINE__)
#define SIMD_BARRIER() gatun::simd_barrier(__LINE__)
#define INSIDE(condition) (condition)
#endif
#define SIMD_SUM(x) gatun::simd_sum(x, __LINE__)
#define SIMD_MAX(x) gatun::simd_max(x, __LINE__)
#define SIMD_SHUFFLE(x, lane) gatun::simd_shuffle(x, lane, __LINE__)
#define SIMD_SHUFFLE_XOR(x, mask) gatun::simd_shuffle_xor(x, mask, __LINE__)

typedef int64_t int64;
typedef uint64_t uint64;
typedef unsigned int uint;

struct alignas(16) uint4 {
  uint x, y, z, w;
};
struct alignas(8) uint2 {
  uint x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};

DEVICE uint float_bits(float x) {
  uint bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}
DEVICE float bits_float(uint bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

/* IEEE binary16, by integer arithmetic: no processor is asked for it. Rounds to nearest, ties to even. */
struct half {
  uint16_t bits;
  half() = default;
  explicit half(float x) {
    uint u = float_bits(x), sign = u >> 16 & 0x8000, size = u & 0x7fffffff;
    if (size > 0x7f800000) {
      bits = (uint16_t)(sign | 0x7e00 | (size >> 13 & 0x3ff));
    } else if (size >= 0x477ff000) {
      bits = (uint16_t)(sign | 0x7c00);
    } else if (size >= 0x38800000) {
      bits = (uint16_t)(sign | ((size - 0x38000000 + 0xfff + (size >> 13 & 1)) >> 13));
    } else {
      /* Subnormal: adding 0.5 leaves the sixteenth's fraction, rounded, at the float's end. */
      bits = (uint16_t)(sign | (float_bits(bits_float(size) + 0.5f) - 0x3f000000));
    }
  }
  explicit operator float() const {
    uint sign = (uint)(bits & 0x8000) << 16, size = bits & 0x7fff;
    if (size >= 0x7c00) return bits_float(sign | 0x7f800000 | (size & 0x3ff) << 13);
    /* 2^112 moves the exponent; subnormals come out right, too. */
    return bits_float(sign | float_bits(bits_float(size << 13) * bits_float(0x77800000)));
  }
};

DEVICE half bits_half(uint16_t bits) {
  half x;
  x.bits = bits;
  return x;
}
DEVICE uint16_t half_bits(half x) { return x.bits; }

DEVICE float m_exp(float x) { return std::exp(x); }
DEVICE float m_log(float x) { return std::log(x); }
DEVICE float m_sqrt(float x) { return std::sqrt(x); }
DEVICE float m_rsqrt(float x) { return 1.0f / std::sqrt(x); }
DEVICE float m_tanh(float x) { return std::tanh(x); }
DEVICE float m_erf(float x) { return std::erf(x); }
DEVICE float m_sin(float x) { return std::sin(x); }
DEVICE float m_cos(float x) { return std::cos(x); }
DEVICE float m_tan(float x) { return std::tan(x); }
DEVICE float m_asin(float x) { return std::asin(x); }
DEVICE float m_acos(float x) { return std::acos(x); }
DEVICE float m_atan(float x) { return std::atan(x); }
DEVICE float m_pow(float x, float y) { return std::pow(x, y); }
DEVICE float m_fmod(float x, float y) { return std::fmod(x, y); }
DEVICE float m_abs(float x) { return std::fabs(x); }
DEVICE float m_floor(float x) { return std::floor(x); }
DEVICE float m_ceil(float x) { return std::ceil(x); }
DEVICE float m_rint(float x) { return std::nearbyint(x); }
DEVICE float m_fma(float x, float y, float z) { return std::fma(x, y, z); }
DEVICE float m_min(float x, float y) { return x < y ? x : y; }
DEVICE float m_max(float x, float y) { return x > y ? x : y; }
DEVICE int m_min(int x, int y) { return x < y ? x : y; }
DEVICE int m_max(int x, int y) { return x > y ? x : y; }
DEVICE bool m_isnan(float x) { return x != x; }

/* Double precision: not every language has it. */
#define GATUN_DOUBLE 1
DEVICE double d_exp(double x) { return std::exp(x); }
DEVICE double d_log(double x) { return std::log(x); }
DEVICE double d_sqrt(double x) { return std::sqrt(x); }
DEVICE double d_tanh(double x) { return std::tanh(x); }
DEVICE double d_erf(double x) { return std::erf(x); }
DEVICE double d_pow(double x, double y) { return std::pow(x, y); }
DEVICE double d_fmod(double x, double y) { return std::fmod(x, y); }
DEVICE double d_abs(double x) { return std::fabs(x); }

/* sum + the scalar product of four signed bytes with four signed bytes. */
DEVICE int dot4(int a, int b, int sum) {
  for (int i = 0; i < 32; i += 8) sum += (int8_t)(a >> i) * (int8_t)(b >> i);
  return sum;
}

DEVICE int count_bits(uint x) { return __builtin_popcount(x); }

/*
 * c += a b of 16 x 16 and 16 x 8 numbers, by a SIMD group; who holds which numbers: the PTX ISA's fragments of
 * mma.m16n8k16 for f16.
 */
#define GATUN_MMA 1
#define MMA_16_8_16(c, a, b) gatun_mma(c, a, b, __LINE__)

struct gatun_fragments {
  uint a[4], b[2];
};
struct gatun_product {
  float at[16][8];
};

DEVICE float gatun_half_of(uint two, int which) { return float(bits_half(static_cast<uint16_t>(two >> (16 * which)))); }

DEVICE void gatun_mma(float *c, const uint *a, const uint *b, int line) {
  const gatun_fragments own = {{a[0], a[1], a[2], a[3]}, {b[0], b[1]}};
  const gatun_fragments *all = gatun::current->meet(own, line);
  gatun_product &product = gatun::current->result<gatun_product>(all);
  if (gatun::current->came_last()) {
    for (int row = 0; row < 16; row++) {
      for (int column = 0; column < 8; column++) {
        float sum = 0;
        for (int k = 0; k < 16; k++) {
          float x = gatun_half_of(all[row % 8 * 4 + k % 8 / 2].a[row / 8 + k / 8 * 2], k % 2);
          sum += x * gatun_half_of(all[column * 4 + k % 8 / 2].b[k / 8], k % 2);
        }
        product.at[row][column] = sum;
      }
    }
  }
  int lane = gatun::current->lane();
  for (int i = 0; i < 4; i++) c[i] += product.at[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2];
}

/* Matrices of 8 x 8 numbers that a SIMD group holds together: a lane has two neighbours of a row. */
#define GATUN_SIMD_MATRIX 1
#define SIMD_MATRIX gatun_matrix
#define MATRIX_ZERO(m) ((m) = gatun_matrix{{0, 0}})
#define MATRIX_LOAD(m, from, stride) gatun_matrix_load(m, from, stride)
#define MATRIX_STORE(m, to, stride) gatun_matrix_store(m, to, stride)
#define MATRIX_MULTIPLY_ADD(c, a, b) gatun_matrix_multiply(c, a, b, __LINE__)

struct gatun_matrix {
  float at[2];
};
struct gatun_factors {
  gatun_matrix a, b;
};

DEVICE void gatun_matrix_load(gatun_matrix &m, const float *from, int stride) {
  int first = gatun::current->lane() * 2;
  for (int i = 0; i < 2; i++) m.at[i] = from[first / 8 * stride + first % 8 + i];
}

DEVICE void gatun_matrix_store(const gatun_matrix &m, float *to, int stride) {
  int first = gatun::current->lane() * 2;
  for (int i = 0; i < 2; i++) to[first / 8 * stride + first % 8 + i] = m.at[i];
}

DEVICE void gatun_matrix_multiply(gatun_matrix &c, const gatun_matrix &a, const gatun_matrix &b, int line) {
  const gatun_factors *all = gatun::current->meet(gatun_factors{a, b}, line);
  int first = gatun::current->lane() * 2, row = first / 8;
  for (int i = 0; i < 2; i++) {
    int column = first % 8 + i;
    for (int k = 0; k < 8; k++) c.at[i] += all[row * 4 + k / 2].a.at[k % 2] * all[k * 4 + column / 2].b.at[column % 2];
  }
}

#endif
