/* The kernels for this instruction set; CMakeLists.txt compiles the file for it. */
#define DOT_PRODUCT
#define MATRIX_PRODUCT
#include "neon.h"

#include "all.h"

const gatun_kernels gatun_i8mm = KERNELS;
