/* The kernels for this instruction set; CMakeLists.txt compiles the file for it. */
#include "portable.h"

#include "all.h"

const gatun_kernels gatun_portable = KERNELS;
