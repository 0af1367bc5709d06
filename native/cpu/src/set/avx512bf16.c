/* The kernels for this instruction set; CMakeLists.txt compiles the file for it. */
#define DOT_VNNI
#define DOT_BF16
#include "avx512.h"

#include "all.h"

const gatun_kernels gatun_avx512bf16 = KERNELS;
