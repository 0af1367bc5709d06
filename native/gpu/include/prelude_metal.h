/*
 * The language of the kernels in Metal Shading Language 2.4 (macOS 12). To be compiled without fast mathematics:
 * kernels tell NaN from numbers.
 */
#include <metal_stdlib>
using namespace metal;

#define GATUN_METAL 1

typedef long int64;
typedef ulong uint64;

#define KERNEL(name, ...)                                        \
  kernel void name(__VA_ARGS__,                                  \
      uint3 gatun_group [[threadgroup_position_in_grid]],        \
      uint3 gatun_grid [[threadgroups_per_grid]],                \
      uint3 gatun_threads [[threads_per_threadgroup]],           \
      uint gatun_thread [[thread_index_in_threadgroup]],         \
      uint gatun_lane [[thread_index_in_simdgroup]],             \
      uint gatun_simd [[simdgroup_index_in_threadgroup]])
#define DEVICE static inline
#define GLOBAL device
#define CONSTANT constant
#define LOCAL thread
#define PARAMS(type) constant type &
#define SHARED(type, name, count) threadgroup type name[count]
#define SHARED_PTR threadgroup
#define TABLE(type, name, count) constant type name[count]
#define UNROLL _Pragma("unroll")
#define ROLLED _Pragma("clang loop unroll(disable)")

#define GROUP_X (int(gatun_group.x))
#define GROUP_Y (int(gatun_group.y))
#define GROUP_Z (int(gatun_group.z))
#define GRID_X (int(gatun_grid.x))
#define THREAD (int(gatun_thread))
#define THREADS (int(gatun_threads.x))
#define LANE (int(gatun_lane))
#define SIMD_GROUP (int(gatun_simd))
#define GLOBAL_ID_X (GROUP_X * THREADS + THREAD)

/* What a kernel hands to a function that must know where it runs. */
struct Place {
  int x, y, z, grid_x, id, threads, lane, simd;
};
#define PLACE (Place{GROUP_X, GROUP_Y, GROUP_Z, GRID_X, THREAD, THREADS, LANE, SIMD_GROUP})

#define BARRIER() threadgroup_barrier(mem_flags::mem_threadgroup)
#define INSIDE(condition) (condition)
#define SIMD_BARRIER() simdgroup_barrier(mem_flags::mem_threadgroup)
#define SIMD_SUM(x) simd_sum(x)
#define SIMD_MAX(x) simd_max(x)
#define SIMD_SHUFFLE(x, lane) simd_shuffle(x, ushort(lane))
#define SIMD_SHUFFLE_XOR(x, mask) simd_shuffle_xor(x, ushort(mask))

/* Matrices of 8 x 8 numbers that a SIMD group holds together. */
#define GATUN_SIMD_MATRIX 1
#define SIMD_MATRIX simdgroup_float8x8
#define MATRIX_ZERO(m) ((m) = make_filled_simdgroup_matrix<float, 8, 8>(0.0f))
#define MATRIX_LOAD(m, from, stride) simdgroup_load(m, from, ulong(stride))
#define MATRIX_STORE(m, to, stride) simdgroup_store(m, to, ulong(stride))
#define MATRIX_MULTIPLY_ADD(c, a, b) simdgroup_multiply_accumulate(c, a, b, c)

DEVICE uint float_bits(float x) { return as_type<uint>(x); }
DEVICE float bits_float(uint bits) { return as_type<float>(bits); }
DEVICE half bits_half(uint16_t bits) { return as_type<half>(bits); }
DEVICE uint16_t half_bits(half x) { return as_type<uint16_t>(x); }

DEVICE float m_exp(float x) { return precise::exp(x); }
DEVICE float m_log(float x) { return precise::log(x); }
DEVICE float m_sqrt(float x) { return precise::sqrt(x); }
DEVICE float m_rsqrt(float x) { return 1.0f / precise::sqrt(x); }
DEVICE float m_tanh(float x) { return precise::tanh(x); }
DEVICE float m_sin(float x) { return precise::sin(x); }
DEVICE float m_cos(float x) { return precise::cos(x); }
DEVICE float m_tan(float x) { return precise::tan(x); }
DEVICE float m_asin(float x) { return precise::asin(x); }
DEVICE float m_acos(float x) { return precise::acos(x); }
DEVICE float m_atan(float x) { return precise::atan(x); }
DEVICE float m_pow(float x, float y) { return precise::pow(x, y); }
DEVICE float m_fmod(float x, float y) { return fmod(x, y); }
DEVICE float m_abs(float x) { return fabs(x); }
DEVICE float m_floor(float x) { return floor(x); }
DEVICE float m_ceil(float x) { return ceil(x); }
DEVICE float m_rint(float x) { return rint(x); }
DEVICE float m_fma(float x, float y, float z) { return fma(x, y, z); }
DEVICE float m_min(float x, float y) { return x < y ? x : y; }
DEVICE float m_max(float x, float y) { return x > y ? x : y; }
DEVICE int m_min(int x, int y) { return x < y ? x : y; }
DEVICE int m_max(int x, int y) { return x > y ? x : y; }
DEVICE bool m_isnan(float x) { return isnan(x); }

/*
 * Metal has no erf. Below 1: x times a polynomial in x^2 (to 2e-9); above: 1 - e^-x^2 times one in 1 / (1 + x / 2) (to
 * 4e-8 relative up to 4.2). The polynomials are those of native/cpu/src/function.h.
 */
DEVICE float m_erf(float x) {
  float size = m_min(m_abs(x), 6.0f);
  float z = size * size;
  float s = 7.889123e-5f;
  s = s * z - 8.020842e-4f;
  s = s * z + 0.0051895357f;
  s = s * z - 0.026854444f;
  s = s * z + 0.112836f;
  s = s * z - 0.37612626f;
  s = (s * z + 1.1283791f) * size;
  float t = 1.0f / (size * 0.5f + 1.0f);
  float c = -0.06381691f;
  c = c * t - 0.02651854f;
  c = c * t + 0.3657394f;
  c = c * t + 0.12610744f;
  c = c * t + 0.32183492f;
  c = c * t + 0.27533945f;
  c = c * t + 4.709180e-4f;
  float y = size < 1.0f ? s : 1.0f - c * m_exp(-z);
  return m_isnan(x) ? x : x < 0 ? -y : y;
}

/* sum + the scalar product of four signed bytes with four signed bytes. */
DEVICE int dot4(int a, int b, int sum) {
  char4 p = as_type<char4>(a), q = as_type<char4>(b);
  return sum + p.x * q.x + p.y * q.y + p.z * q.z + p.w * q.w;
}

DEVICE int count_bits(uint x) { return int(popcount(x)); }
