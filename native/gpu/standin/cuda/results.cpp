#include "abi.h"

namespace standin {

namespace {

struct Entry {
  int result;
  const char *name;
  const char *text;
};

constexpr Entry ENTRIES[] = {
    {SUCCESS, "CUDA_SUCCESS", "all is well"},
    {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "an argument is not allowed"},
    {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "the device has too little free memory"},
    {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "the driver was not initialized"},
    {NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "there is no device"},
    {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "there is no such device"},
    {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE", "this is no image of kernels"},
    {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "the context is missing or another one"},
    {NO_BINARY_FOR_GPU, "CUDA_ERROR_NO_BINARY_FOR_GPU", "the image has no code for this device"},
    {INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "the PTX does not compile"},
    {UNSUPPORTED_PTX_VERSION, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the image is of a newer CUDA than the driver's"},
    {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "a handle is unknown, closed, or of another context"},
    {ILLEGAL_STATE, "CUDA_ERROR_ILLEGAL_STATE", "a call out of its order"},
    {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "the name is not in the module"},
    {NOT_READY, "CUDA_ERROR_NOT_READY", "the work has not ended yet"},
    {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "a kernel or a copy used memory that is not there"},
    {LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "a kernel needs more than a block may have"},
    {HOST_MEMORY_ALREADY_REGISTERED, "CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED", "the memory is registered already"},
    {HOST_MEMORY_NOT_REGISTERED, "CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED", "the memory was not registered"},
    {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "the device failed while a kernel ran"},
    {NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "not supported here"},
    {STREAM_CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "not allowed while a stream is captured"},
    {STREAM_CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "an earlier error spoilt the capture"},
    {STREAM_CAPTURE_WRONG_THREAD, "CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD", "another thread began the capture"},
};

const Entry *find(int result) {
  for (const Entry &entry : ENTRIES) {
    if (entry.result == result) {
      return &entry;
    }
  }
  return nullptr;
}

} // namespace

const char *resultName(int result) {
  const Entry *entry = find(result);
  return entry == nullptr ? nullptr : entry->name;
}

const char *resultText(int result) {
  const Entry *entry = find(result);
  return entry == nullptr ? nullptr : entry->text;
}

} // namespace standin

using namespace standin;

GATUN_CUDA cuGetErrorName(int result, const char **text) {
  if (text == nullptr) {
    return INVALID_VALUE;
  }
  *text = resultName(result);
  return *text == nullptr ? INVALID_VALUE : SUCCESS;
}

GATUN_CUDA cuGetErrorString(int result, const char **text) {
  if (text == nullptr) {
    return INVALID_VALUE;
  }
  *text = resultText(result);
  return *text == nullptr ? INVALID_VALUE : SUCCESS;
}
