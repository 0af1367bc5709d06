/* Which instruction sets the processor has and the operating system keeps. */
#include "gatun_cpu.h"

#if defined(GATUN_X86)
#include <cpuid.h>

static uint64_t xcr0(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

static int has(uint32_t word, int bit) { return word >> bit & 1; }

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
    default:
      return avx512 && vnni;
  }
}
#else
int32_t gatun_cpu_supports(int32_t set) { return set == GATUN_CPU_PORTABLE; }
#endif
