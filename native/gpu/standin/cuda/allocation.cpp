/* Memory of the device and pinned memory. */
#include "driver.h"
#include "memory.h"
#include "settings.h"

using namespace standin;

static Driver &driver = Driver::get();

GATUN_CUDA cuMemGetInfo_v2(size_t *free, size_t *total) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuMemGetInfo");
  if (result == SUCCESS && (free == nullptr || total == nullptr)) {
    result = refuse("cuMemGetInfo", INVALID_VALUE, "no place for the bytes");
  }
  if (result == SUCCESS) {
    *total = Settings::get().memory;
    *free = *total - current()->usedBytes;
  }
  return result;
}

/* What the device has less when so much is asked for. */
static uint64_t taken(size_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

GATUN_CUDA cuMemAlloc_v2(DevicePointer *pointer, size_t bytes) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuMemAlloc");
  if (result == SUCCESS) {
    result = outsideCapture("cuMemAlloc");
  }
  if (result != SUCCESS) {
    return result;
  }
  if (pointer == nullptr || bytes == 0) {
    return refuse("cuMemAlloc", INVALID_VALUE, "%zu bytes", bytes);
  }
  Context *context = current();
  if (++driver.allocations == Settings::get().failAllocation ||
      bytes > Settings::get().memory || context->usedBytes + taken(bytes) > Settings::get().memory) {
    return OUT_OF_MEMORY;
  }
  void *memory = Memory::get().allocate(bytes, Memory::Kind::DEVICE, context);
  if (memory == nullptr) {
    return OUT_OF_MEMORY;
  }
  context->usedBytes += taken(bytes);
  *pointer = (DevicePointer)(uintptr_t)memory;
  return SUCCESS;
}

/* Freeing waits for the work of the context. */
static Result release(const char *function, uintptr_t address, Memory::Kind kind) {
  {
    std::lock_guard<std::mutex> hold(driver.lock);
    Result result = enter(function);
    if (result == SUCCESS) {
      result = outsideCapture(function);
    }
    if (result != SUCCESS) {
      return result;
    }
  }
  Context *context = current();
  drain(context);
  std::lock_guard<std::mutex> hold(driver.lock);
  size_t bytes = 0;
  if (!Memory::get().free(address, kind, context, &bytes)) {
    return refuse(function, INVALID_VALUE, "no memory of this context and kind starts at %p", (void *)address);
  }
  if (kind == Memory::Kind::DEVICE) {
    context->usedBytes -= taken(bytes);
  }
  return SUCCESS;
}

GATUN_CUDA cuMemFree_v2(DevicePointer pointer) {
  return pointer == 0 ? SUCCESS : release("cuMemFree", (uintptr_t)pointer, Memory::Kind::DEVICE);
}

GATUN_CUDA cuMemAllocHost_v2(void **memory, size_t bytes) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuMemAllocHost");
  if (result == SUCCESS) {
    result = outsideCapture("cuMemAllocHost");
  }
  if (result != SUCCESS) {
    return result;
  }
  if (memory == nullptr || bytes == 0) {
    return refuse("cuMemAllocHost", INVALID_VALUE, "%zu bytes", bytes);
  }
  *memory = Memory::get().allocate(bytes, Memory::Kind::HOST, current());
  return *memory == nullptr ? OUT_OF_MEMORY : SUCCESS;
}

GATUN_CUDA cuMemFreeHost(void *memory) { return release("cuMemFreeHost", (uintptr_t)memory, Memory::Kind::HOST); }

/* Read only: the program may have mapped a file so. A kernel that writes there ends the process. */
GATUN_CUDA cuMemHostRegister_v2(void *memory, size_t bytes, unsigned flags) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuMemHostRegister");
  if (result == SUCCESS) {
    result = outsideCapture("cuMemHostRegister");
  }
  if (result != SUCCESS) {
    return result;
  }
  if (memory == nullptr || bytes == 0 || flags != (REGISTER_DEVICEMAP | REGISTER_READ_ONLY)) {
    return refuse("cuMemHostRegister", INVALID_VALUE, "%zu bytes at %p, flags %u", bytes, memory, flags);
  }
  return Memory::get().add((uintptr_t)memory, bytes, current())
             ? SUCCESS
             : refuse("cuMemHostRegister", HOST_MEMORY_ALREADY_REGISTERED, "a page of it is known already");
}

GATUN_CUDA cuMemHostUnregister(void *memory) {
  Result result = release("cuMemHostUnregister", (uintptr_t)memory, Memory::Kind::REGISTERED);
  return result == INVALID_VALUE ? HOST_MEMORY_NOT_REGISTERED : result;
}

GATUN_CUDA cuMemHostGetDevicePointer_v2(DevicePointer *pointer, void *memory, unsigned flags) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuMemHostGetDevicePointer");
  if (result != SUCCESS) {
    return result;
  }
  if (pointer == nullptr || flags != 0 || !Memory::get().isRegistered((uintptr_t)memory)) {
    return refuse("cuMemHostGetDevicePointer", INVALID_VALUE, "%p, flags %u", memory, flags);
  }
  *pointer = (DevicePointer)(uintptr_t)memory;
  return SUCCESS;
}
