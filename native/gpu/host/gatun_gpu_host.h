/*
 * The emulated GPU: runs the kernels of native/gpu/src, compiled for the host. Test only: the stand-ins for vendors'
 * libraries execute with it.
 */
#ifndef GATUN_GPU_HOST_H
#define GATUN_GPU_HOST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gatun_gpu_kernel gatun_gpu_kernel;

/* A kernel by its name, without the family; null when there is none. */
const gatun_gpu_kernel *gatun_gpu_find(const char *name);

/* The family (file in src/, without the suffix) that a kernel is in. */
const char *gatun_gpu_family(const gatun_gpu_kernel *kernel);

/* Number of pieces of memory that it takes; its block of parameters follows them. */
int gatun_gpu_memories(const gatun_gpu_kernel *kernel);

/* Bytes of its block of parameters; 0 when it takes none. */
size_t gatun_gpu_params_bytes(const gatun_gpu_kernel *kernel);

/*
 * Runs it to the end, groups side by side on the system's threads. arguments[i] points to the value of argument i:
 * to a pointer for memory, to the block for the parameters. Returns 0, or -1 and writes what was wrong
 * (a group that is not a multiple of 32 threads, threads that do not meet at a barrier).
 */
int gatun_gpu_run(const gatun_gpu_kernel *kernel, const uint32_t grid[3], uint32_t threads, void *const *arguments,
                  char *message, size_t message_bytes);

#ifdef __cplusplus
}
#endif

#endif
