/* The kernels for this instruction set; CMakeLists.txt compiles the file for it. */
#define DOT_PRODUCT
#define MATRIX_PRODUCT
#include "neon.h"

#include "../matmul.h"
#include "../quantize.h"
#include "../function.h"
#include "../elementwise.h"
#include "../row.h"
#include "../attention.h"

const gatun_kernels gatun_i8mm = KERNELS;
