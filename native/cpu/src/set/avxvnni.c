/* The kernels for this instruction set; CMakeLists.txt compiles the file for it. */
#define DOT_VNNI
#include "avx2.h"

#include "all.h"

const gatun_kernels gatun_avxvnni = KERNELS;
