/* Which instruction sets the processor has and the operating system keeps. */
#include "gatun_cpu.h"

#if defined(GATUN_X86)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

static uint64_t xcr0(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

static int has(uint32_t word, int bit) { return word >> bit & 1; }

#if defined(EMULATED_SQUARES)
static int has_amx(void) { return 1; }
#else
/* Linux gives the large registers of AMX to a process that asks: ARCH_REQ_XCOMP_PERM, XTILEDATA. */
static int may_use_amx(void) {
#if defined(__linux__)
  return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
#else
  return 0;
#endif
}

/* AMX's registers, and its products of bytes and of BF16. */
static int has_amx(void) {
  uint32_t a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && has(d, 24) && has(d, 25) && has(d, 22) &&
      (xcr0() & 0x60000) == 0x60000 && may_use_amx();
}
#endif

/* Intel's Software Developer's Manual, volume 2, CPUID; volume 1, 13.3 for the states. */
int32_t gatun_cpu_supports(int32_t set) {
  if (set == GATUN_CPU_PORTABLE) {
    return 1;
  }
  uint32_t a, b, c, d;
  if (set < 0 || set >= GATUN_CPU_SETS || !__get_cpuid(1, &a, &b, &c, &d)) {
    return 0;
  }
  int osxsave = has(c, 27);
  int base = osxsave && has(c, 28) && has(c, 12) && has(c, 29);
  if (!base || (xcr0() & 0x6) != 0x6 || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || !has(b, 5)) {
    return 0;
  }
  uint32_t leaves = a;
  int avx512 = has(b, 16) && has(b, 17) && has(b, 30) && has(b, 31) && (xcr0() & 0xe6) == 0xe6;
  int vnni = has(c, 11);
  switch (set) {
    case GATUN_CPU_AVX2:
      return 1;
    case GATUN_CPU_AVXVNNI:
      return leaves >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && has(a, 4);
    case GATUN_CPU_AVX512:
      return avx512;
    case GATUN_CPU_AVX512VNNI:
      return avx512 && vnni;
    case GATUN_CPU_AVX512BF16:
    case GATUN_CPU_AMX:
      return avx512 && vnni && leaves >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && has(a, 5) &&
          (set == GATUN_CPU_AVX512BF16 || has_amx());
    default:
      return 0;
  }
}

#elif defined(GATUN_ARM64)
/* The processor's own registers are closed to programs: the system is asked. */
#if defined(__APPLE__)
#include <sys/sysctl.h>

static int known(const char *name) {
  int value = 0;
  size_t size = sizeof value;
  return sysctlbyname(name, &value, &size, 0, 0) == 0 && value == 1;
}

static int has_dot_products(void) { return known("hw.optional.arm.FEAT_DotProd"); }
static int has_matrix_products(void) { return known("hw.optional.arm.FEAT_I8MM"); }
#elif defined(_WIN32)
#include <windows.h>

/* PF_ARM_V82_I8MM_INSTRUCTIONS_AVAILABLE; headers of older SDKs lack it. */
#define WINDOWS_I8MM 66

static int has_dot_products(void) {
  return IsProcessorFeaturePresent(PF_ARM_V82_DP_INSTRUCTIONS_AVAILABLE) != 0;
}
static int has_matrix_products(void) { return IsProcessorFeaturePresent(WINDOWS_I8MM) != 0; }
#elif defined(__linux__)
#include <sys/auxv.h>

/* HWCAP_ASIMDDP and HWCAP2_I8MM; headers of older systems lack them. */
static int has_dot_products(void) { return getauxval(AT_HWCAP) >> 20 & 1; }
static int has_matrix_products(void) { return getauxval(AT_HWCAP2) >> 13 & 1; }
#else
static int has_dot_products(void) { return 0; }
static int has_matrix_products(void) { return 0; }
#endif

int32_t gatun_cpu_supports(int32_t set) {
  switch (set) {
    case GATUN_CPU_PORTABLE:
    case GATUN_CPU_NEON:
      return 1;
    case GATUN_CPU_DOTPROD:
      return has_dot_products();
    case GATUN_CPU_I8MM:
      return has_dot_products() && has_matrix_products();
    default:
      return 0;
  }
}
#else
int32_t gatun_cpu_supports(int32_t set) { return set == GATUN_CPU_PORTABLE; }
#endif
