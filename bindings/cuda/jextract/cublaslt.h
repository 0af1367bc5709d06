#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* `long` has 32 bits on Windows: with the types of 64 bits named so, every platform gets the same bindings. */
#define size_t unsigned long long
#define int64_t long long
#define uint64_t unsigned long long
/* Headers of other packages that the declarations kept here do not need: the runtime's types, complex numbers, halves. */
#define __DRIVER_TYPES_H__
#define CU_COMPLEX_H_
#define __CUDA_FP16_H__
#define __CUDA_BF16_H__
typedef struct CUstream_st* cudaStream_t;
typedef struct { float x, y; } cuComplex;
typedef struct { double x, y; } cuDoubleComplex;
typedef struct { unsigned short x; } __half;
typedef struct { unsigned short x; } __nv_bfloat16;
#include <cublasLt.h>
