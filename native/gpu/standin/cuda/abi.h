/*
 * The part of the CUDA driver API that bindings/cuda calls, declared from NVIDIA's public documentation: the numbers and
 * sizes are those of CUDA 13.
 */
#ifndef GATUN_STANDIN_CUDA_ABI_H
#define GATUN_STANDIN_CUDA_ABI_H

#include <cstddef>
#include <cstdint>

namespace standin {

enum Result : int {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  NO_BINARY_FOR_GPU = 209,
  INVALID_PTX = 218,
  UNSUPPORTED_PTX_VERSION = 222,
  INVALID_HANDLE = 400,
  ILLEGAL_STATE = 401,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_OUT_OF_RESOURCES = 701,
  HOST_MEMORY_ALREADY_REGISTERED = 712,
  HOST_MEMORY_NOT_REGISTERED = 713,
  LAUNCH_FAILED = 719,
  NOT_SUPPORTED = 801,
  STREAM_CAPTURE_UNSUPPORTED = 900,
  STREAM_CAPTURE_INVALIDATED = 901,
  STREAM_CAPTURE_WRONG_THREAD = 908,
};

/* A result's name and its meaning in our words; null for a number that is none of the above. */
const char *resultName(int result);
const char *resultText(int result);

using DevicePointer = unsigned long long;

enum DeviceAttribute : int {
  MAX_THREADS_PER_BLOCK = 1,
  MAX_SHARED_MEMORY_PER_BLOCK = 8,
  MULTIPROCESSOR_COUNT = 16,
  INTEGRATED = 18,
  COMPUTE_CAPABILITY_MAJOR = 75,
  COMPUTE_CAPABILITY_MINOR = 76,
  HOST_REGISTER_SUPPORTED = 99,
  READ_ONLY_HOST_REGISTER_SUPPORTED = 113,
};

enum FunctionAttribute : int {
  FUNCTION_MAX_THREADS_PER_BLOCK = 0,
  FUNCTION_LOCAL_SIZE_BYTES = 3,
};

enum HostRegisterFlags : unsigned { REGISTER_DEVICEMAP = 2, REGISTER_READ_ONLY = 8 };
enum EventFlags : unsigned { EVENT_DEFAULT = 0, EVENT_BLOCKING_SYNC = 1, EVENT_DISABLE_TIMING = 2 };
enum StreamFlags : unsigned { STREAM_DEFAULT = 0, STREAM_NON_BLOCKING = 1 };
enum CaptureMode : int { CAPTURE_GLOBAL = 0, CAPTURE_THREAD_LOCAL = 1, CAPTURE_RELAXED = 2 };

} // namespace standin

#define GATUN_CUDA extern "C" __attribute__((visibility("default"))) int

#endif
