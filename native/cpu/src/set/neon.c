/* The kernels for this instruction set; CMakeLists.txt compiles the file for it. */
#include "neon.h"

#include "all.h"

const gatun_kernels gatun_neon = KERNELS;
