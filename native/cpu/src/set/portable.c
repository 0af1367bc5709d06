/* The kernels for this instruction set; CMakeLists.txt compiles the file for it. */
#include "portable.h"

#include "../matmul.h"
#include "../quantize.h"
#include "../function.h"
#include "../elementwise.h"
#include "../row.h"
#include "../attention.h"

const gatun_kernels gatun_portable = KERNELS;
