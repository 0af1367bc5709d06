/* The language of the kernels in CUDA C++, for NVRTC, which finds no files: everything is here. */
#define GATUN_CUDA 1

typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef short int16_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64;
typedef unsigned long long uint64;
typedef unsigned int uint;

/* At most 256 threads: then each may keep 255 registers. */
#define KERNEL(name, ...) extern "C" __global__ void __launch_bounds__(256) name(__VA_ARGS__)
/* Unused: every family has the whole prelude. */
#define DEVICE static __device__ __forceinline__ __attribute__((unused))
#define GLOBAL
#define CONSTANT
#define LOCAL
/* Read where they are, also under an index: no thread copies them. */
#define PARAMS(type) const __grid_constant__ type
#define SHARED(type, name, count) __shared__ __align__(16) type name[count]
#define SHARED_PTR
#define TABLE(type, name, count) static __constant__ const type name[count]
#define UNROLL _Pragma("unroll")
#define ROLLED _Pragma("unroll 1")

#define GROUP_X (int(blockIdx.x))
#define GROUP_Y (int(blockIdx.y))
#define GROUP_Z (int(blockIdx.z))
#define GRID_X (int(gridDim.x))
#define THREAD (int(threadIdx.x))
#define THREADS (int(blockDim.x))
#define LANE (THREAD & 31)
#define SIMD_GROUP (THREAD >> 5)
#define GLOBAL_ID_X (GROUP_X * THREADS + THREAD)

/* What a kernel hands to a function that must know where it runs. */
struct Place {
  int x, y, z, grid_x, id, threads, lane, simd;
};
#define PLACE (Place{GROUP_X, GROUP_Y, GROUP_Z, GRID_X, THREAD, THREADS, LANE, SIMD_GROUP})

#define BARRIER() __syncthreads()
#define INSIDE(condition) (condition)
#define SIMD_BARRIER() __syncwarp()
#define SIMD_SUM(x) gatun_simd_sum(x)
#define SIMD_MAX(x) gatun_simd_max(x)
#define SIMD_SHUFFLE(x, lane) __shfl_sync(0xffffffffu, x, lane)
#define SIMD_SHUFFLE_XOR(x, mask) __shfl_xor_sync(0xffffffffu, x, mask)

template <class T>
DEVICE T gatun_simd_sum(T x) {
  for (int mask = 16; mask > 0; mask >>= 1) x += SIMD_SHUFFLE_XOR(x, mask);
  return x;
}

template <class T>
DEVICE T gatun_simd_max(T x) {
  for (int mask = 16; mask > 0; mask >>= 1) {
    T y = SIMD_SHUFFLE_XOR(x, mask);
    x = y > x ? y : x;
  }
  return x;
}

DEVICE uint float_bits(float x) { return __float_as_uint(x); }
DEVICE float bits_float(uint bits) { return __uint_as_float(bits); }

/* IEEE binary16; the vendor's header for it is not part of NVRTC's library. */
struct half {
  uint16_t bits;
  half() = default;
  __device__ __forceinline__ explicit half(float x) { asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x)); }
  __device__ __forceinline__ explicit operator float() const {
    float x;
    asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits));
    return x;
  }
};

DEVICE half bits_half(uint16_t bits) {
  half x;
  x.bits = bits;
  return x;
}
DEVICE uint16_t half_bits(half x) { return x.bits; }

DEVICE float m_exp(float x) { return expf(x); }
DEVICE float m_log(float x) { return logf(x); }
DEVICE float m_sqrt(float x) { return sqrtf(x); }
DEVICE float m_rsqrt(float x) { return 1.0f / sqrtf(x); }
DEVICE float m_tanh(float x) { return tanhf(x); }
DEVICE float m_erf(float x) { return erff(x); }
DEVICE float m_sin(float x) { return sinf(x); }
DEVICE float m_cos(float x) { return cosf(x); }
DEVICE float m_tan(float x) { return tanf(x); }
DEVICE float m_asin(float x) { return asinf(x); }
DEVICE float m_acos(float x) { return acosf(x); }
DEVICE float m_atan(float x) { return atanf(x); }
DEVICE float m_pow(float x, float y) { return powf(x, y); }
DEVICE float m_fmod(float x, float y) { return fmodf(x, y); }
DEVICE float m_abs(float x) { return fabsf(x); }
DEVICE float m_floor(float x) { return floorf(x); }
DEVICE float m_ceil(float x) { return ceilf(x); }
DEVICE float m_rint(float x) { return rintf(x); }
DEVICE float m_fma(float x, float y, float z) { return fmaf(x, y, z); }
DEVICE float m_min(float x, float y) { return x < y ? x : y; }
DEVICE float m_max(float x, float y) { return x > y ? x : y; }
DEVICE int m_min(int x, int y) { return x < y ? x : y; }
DEVICE int m_max(int x, int y) { return x > y ? x : y; }
DEVICE bool m_isnan(float x) { return x != x; }

/* Double precision: not every language has it. */
#define GATUN_DOUBLE 1
DEVICE double d_exp(double x) { return exp(x); }
DEVICE double d_log(double x) { return log(x); }
DEVICE double d_sqrt(double x) { return sqrt(x); }
DEVICE double d_tanh(double x) { return tanh(x); }
DEVICE double d_erf(double x) { return erf(x); }
DEVICE double d_pow(double x, double y) { return pow(x, y); }
DEVICE double d_fmod(double x, double y) { return fmod(x, y); }
DEVICE double d_abs(double x) { return fabs(x); }

/* sum + the scalar product of four signed bytes with four signed bytes. */
DEVICE int dot4(int a, int b, int sum) { return __dp4a(a, b, sum); }

DEVICE int count_bits(uint x) { return __popc(x); }

/* c += a b of 16 x 16 and 16 x 8 numbers of f16, sums in f32, by a SIMD group; fragments: PTX ISA, mma.m16n8k16. */
#if __CUDA_ARCH__ >= 800
#define GATUN_MMA 1
#define MMA_16_8_16(c, a, b)                                                                                      \
  asm volatile(                                                                                                   \
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};" \
      : "+f"((c)[0]), "+f"((c)[1]), "+f"((c)[2]), "+f"((c)[3])                                                    \
      : "r"((a)[0]), "r"((a)[1]), "r"((a)[2]), "r"((a)[3]), "r"((b)[0]), "r"((b)[1]))
#endif
