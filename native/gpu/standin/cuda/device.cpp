/* Starting, devices, contexts. */
#include <cstdio>

#include "../bus.h"
#include "driver.h"
#include "memory.h"
#include "settings.h"

using namespace standin;

static Driver &driver = Driver::get();

static Result existing(const char *function, int device) {
  if (!driver.initialized) {
    return refuse(function, NOT_INITIALIZED, "before cuInit");
  }
  return device < 0 || device >= (int)driver.contexts.size() ? refuse(function, INVALID_DEVICE, "device %d", device)
                                                             : SUCCESS;
}

GATUN_CUDA cuInit(unsigned flags) {
  std::lock_guard<std::mutex> hold(driver.lock);
  if (flags != 0) {
    return refuse("cuInit", INVALID_VALUE, "flags %u", flags);
  }
  if (Settings::get().devices < 1) {
    return NO_DEVICE;
  }
  while ((int)driver.contexts.size() < Settings::get().devices) {
    driver.contexts.push_back(std::make_unique<Context>());
    driver.contexts.back()->device = (int)driver.contexts.size() - 1;
  }
  driver.initialized = true;
  return SUCCESS;
}

/* Gatun does not call it: NVRTC does, where it finds a driver in its process, and goes on without. */
GATUN_CUDA cuGetExportTable(const void **table, const void *) {
  if (table == nullptr) {
    return INVALID_VALUE;
  }
  *table = nullptr;
  return NOT_FOUND;
}

GATUN_CUDA cuDriverGetVersion(int *version) {
  if (version == nullptr) {
    return refuse("cuDriverGetVersion", INVALID_VALUE, "no place for the version");
  }
  *version = Settings::get().driver;
  return SUCCESS;
}

GATUN_CUDA cuDeviceGetCount(int *count) {
  std::lock_guard<std::mutex> hold(driver.lock);
  if (!driver.initialized) {
    return refuse("cuDeviceGetCount", NOT_INITIALIZED, "before cuInit");
  }
  if (count == nullptr) {
    return refuse("cuDeviceGetCount", INVALID_VALUE, "no place for the count");
  }
  *count = (int)driver.contexts.size();
  return SUCCESS;
}

GATUN_CUDA cuDeviceGet(int *device, int ordinal) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = existing("cuDeviceGet", ordinal);
  if (result == SUCCESS && device == nullptr) {
    result = refuse("cuDeviceGet", INVALID_VALUE, "no place for the device");
  }
  if (result == SUCCESS) {
    *device = ordinal;
  }
  return result;
}

GATUN_CUDA cuDeviceGetName(char *name, int length, int device) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = existing("cuDeviceGetName", device);
  if (result == SUCCESS && (name == nullptr || length < 1)) {
    result = refuse("cuDeviceGetName", INVALID_VALUE, "no place for the name");
  }
  if (result == SUCCESS) {
    std::snprintf(name, (size_t)length, "Gatun stand-in (no GPU)");
  }
  return result;
}

GATUN_CUDA cuDeviceGetPCIBusId(char *text, int length, int device) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = existing("cuDeviceGetPCIBusId", device);
  if (result == SUCCESS && (text == nullptr || length < 13)) {
    result = refuse("cuDeviceGetPCIBusId", INVALID_VALUE, "no place for the identifier");
  }
  if (result == SUCCESS) {
    std::snprintf(text, (size_t)length, "%04x:%02x:00.0", (unsigned)PCI_DOMAIN, FIRST_BUS + (unsigned)device);
  }
  return result;
}

GATUN_CUDA cuDeviceTotalMem_v2(size_t *bytes, int device) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = existing("cuDeviceTotalMem", device);
  if (result == SUCCESS && bytes == nullptr) {
    result = refuse("cuDeviceTotalMem", INVALID_VALUE, "no place for the bytes");
  }
  if (result == SUCCESS) {
    *bytes = Settings::get().memory;
  }
  return result;
}

GATUN_CUDA cuDeviceGetAttribute(int *value, int attribute, int device) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = existing("cuDeviceGetAttribute", device);
  if (result != SUCCESS) {
    return result;
  }
  if (value == nullptr) {
    return refuse("cuDeviceGetAttribute", INVALID_VALUE, "no place for the value");
  }
  switch (attribute) {
    case MAX_THREADS_PER_BLOCK: *value = 1024; break;
    case MAX_SHARED_MEMORY_PER_BLOCK: *value = 48 << 10; break;
    case MULTIPROCESSOR_COUNT: *value = 4; break;
    case INTEGRATED: *value = Settings::get().integrated; break;
    case HOST_REGISTER_SUPPORTED: *value = 1; break;
    case READ_ONLY_HOST_REGISTER_SUPPORTED: *value = 1; break;
    case COMPUTE_CAPABILITY_MAJOR: *value = Settings::get().capability / 10; break;
    case COMPUTE_CAPABILITY_MINOR: *value = Settings::get().capability % 10; break;
    default: return refuse("cuDeviceGetAttribute", INVALID_VALUE, "attribute %d is not one that Gatun asks for", attribute);
  }
  return SUCCESS;
}

GATUN_CUDA cuDevicePrimaryCtxRetain(Context **context, int device) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = existing("cuDevicePrimaryCtxRetain", device);
  if (result == SUCCESS && context == nullptr) {
    result = refuse("cuDevicePrimaryCtxRetain", INVALID_VALUE, "no place for the context");
  }
  if (result == SUCCESS) {
    *context = driver.contexts[(size_t)device].get();
    (*context)->retained++;
  }
  return result;
}

GATUN_CUDA cuDevicePrimaryCtxRelease_v2(int device) {
  std::unique_lock<std::mutex> hold(driver.lock);
  Result result = existing("cuDevicePrimaryCtxRelease", device);
  if (result != SUCCESS) {
    return result;
  }
  Context *context = driver.contexts[(size_t)device].get();
  if (context->retained == 0) {
    return refuse("cuDevicePrimaryCtxRelease", INVALID_CONTEXT, "the context of device %d is not retained", device);
  }
  if (--context->retained > 0) {
    return SUCCESS;
  }
  // The last release takes everything of the context with it, after its work.
  auto streams = driver.streams.takeAll(context);
  driver.events.takeAll(context);
  driver.execs.takeAll(context);
  driver.graphs.takeAll(context);
  hold.unlock();
  size_t left = streams.size();
  streams.clear();
  hold.lock();
  driver.functions.takeAll(context);
  left += driver.modules.takeAll(context).size();
  left += Memory::get().freeAll(context);
  context->usedBytes = 0;
  context->error = SUCCESS;
  if (left > 0) {
    refuse("cuDevicePrimaryCtxRelease", SUCCESS, "%zu streams, modules and pieces of memory were still there", left);
  }
  return SUCCESS;
}

GATUN_CUDA cuCtxSetCurrent(Context *context) {
  std::lock_guard<std::mutex> hold(driver.lock);
  if (!driver.initialized) {
    return refuse("cuCtxSetCurrent", NOT_INITIALIZED, "before cuInit");
  }
  if (context != nullptr) {
    bool known = false;
    for (auto &one : driver.contexts) {
      known |= one.get() == context && one->retained > 0;
    }
    if (!known) {
      return refuse("cuCtxSetCurrent", INVALID_CONTEXT, "no living context");
    }
  }
  current() = context;
  return SUCCESS;
}
