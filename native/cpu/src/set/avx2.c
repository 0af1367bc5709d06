/* The kernels for this instruction set; CMakeLists.txt compiles the file for it. */
#include "avx2.h"

#include "all.h"

const gatun_kernels gatun_avx2 = KERNELS;
