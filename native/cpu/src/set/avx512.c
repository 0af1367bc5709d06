/* The kernels for this instruction set; CMakeLists.txt compiles the file for it. */
#include "avx512.h"

#include "all.h"

const gatun_kernels gatun_avx512 = KERNELS;
