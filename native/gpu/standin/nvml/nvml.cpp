/* The part of NVML that bindings/cuda calls; numbers are those of NVIDIA's public documentation. */
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include "../bus.h"

using namespace standin;

namespace {

enum Result : int {
  SUCCESS = 0,
  UNINITIALIZED = 1,
  INVALID_ARGUMENT = 2,
  NOT_SUPPORTED = 3,
  NOT_FOUND = 6,
  DRIVER_NOT_LOADED = 9,
  GPU_IS_LOST = 15,
};

enum : int { CLOCK_SM = 1, TEMPERATURE_GPU = 0 };

constexpr unsigned MEGAHERTZ = 1980, CELSIUS = 61, MILLIWATTS = 100'000, MILLIWATTS_AT_MOST = 700'000;
constexpr auto REFRESH = std::chrono::milliseconds(20);

struct Gpu {
  unsigned bus;
  /* Of the first initialization they belong to: an older handle is of no use. */
  unsigned generation;
};

struct Library {
  std::mutex lock;
  int initialized = 0;
  unsigned generation = 0;
  /* All that were ever given out: what is behind a pointer is asked only if it is one of them. */
  std::vector<std::unique_ptr<Gpu>> gpus;
};

Library library;
const auto start = std::chrono::steady_clock::now();

int setting(const char *name, int otherwise) {
  const char *text = std::getenv(name);
  return text == nullptr || *text == 0 ? otherwise : std::atoi(text);
}

__attribute__((format(printf, 3, 4))) int refuse(const char *function, int result, const char *why, ...) {
  if (setting("GATUN_CUDA_STANDIN_QUIET", 0) == 0) {
    va_list arguments;
    va_start(arguments, why);
    std::fprintf(stderr, "NVML stand-in: %s: ", function);
    std::vfprintf(stderr, why, arguments);
    std::fputc('\n', stderr);
    va_end(arguments);
  }
  return result;
}

/* What every query of a GPU needs; call it with the lock held. */
int usable(const char *function, const Gpu *gpu, const void *out) {
  if (library.initialized == 0) {
    return refuse(function, UNINITIALIZED, "before nvmlInit or after nvmlShutdown");
  }
  bool known = false;
  for (auto &one : library.gpus) {
    known |= one.get() == gpu && one->generation == library.generation;
  }
  if (!known) {
    return refuse(function, INVALID_ARGUMENT, "a handle that is none, or of an earlier initialization");
  }
  if (out == nullptr) {
    return refuse(function, INVALID_ARGUMENT, "no place for the answer");
  }
  return setting("GATUN_NVML_STANDIN_LOST", 0) != 0 ? GPU_IS_LOST : SUCCESS;
}

} // namespace

#define GATUN_NVML extern "C" __attribute__((visibility("default")))

GATUN_NVML int nvmlInit_v2() {
  std::lock_guard<std::mutex> hold(library.lock);
  if (setting("GATUN_CUDA_STANDIN_DEVICES", 1) < 0) {
    return DRIVER_NOT_LOADED;
  }
  if (library.initialized++ == 0) {
    library.generation++;
  }
  return SUCCESS;
}

GATUN_NVML int nvmlShutdown() {
  std::lock_guard<std::mutex> hold(library.lock);
  if (library.initialized == 0) {
    return refuse("nvmlShutdown", UNINITIALIZED, "more often than nvmlInit");
  }
  library.initialized--;
  return SUCCESS;
}

GATUN_NVML const char *nvmlErrorString(int result) {
  switch (result) {
    case SUCCESS: return "all is well";
    case UNINITIALIZED: return "the library is not initialized";
    case INVALID_ARGUMENT: return "an argument is not allowed";
    case NOT_SUPPORTED: return "not supported by this GPU";
    case NOT_FOUND: return "there is no such GPU";
    case DRIVER_NOT_LOADED: return "the driver is not loaded";
    case GPU_IS_LOST: return "the GPU has fallen off the bus";
    default: return "an unknown error";
  }
}

GATUN_NVML int nvmlDeviceGetHandleByPciBusId_v2(const char *busId, Gpu **out) {
  std::lock_guard<std::mutex> hold(library.lock);
  const char *function = "nvmlDeviceGetHandleByPciBusId";
  if (library.initialized == 0) {
    return refuse(function, UNINITIALIZED, "before nvmlInit or after nvmlShutdown");
  }
  unsigned domain, bus, device, part;
  if (busId == nullptr || out == nullptr || std::sscanf(busId, "%x:%x:%x.%x", &domain, &bus, &device, &part) != 4) {
    return refuse(function, INVALID_ARGUMENT, "'%s' is no place, or there is none for the answer", busId ? busId : "");
  }
  unsigned devices = (unsigned)setting("GATUN_CUDA_STANDIN_DEVICES", 1);
  if (domain != PCI_DOMAIN || device != 0 || part != 0 || bus < FIRST_BUS || bus >= FIRST_BUS + devices) {
    return refuse(function, NOT_FOUND, "no GPU at %s", busId);
  }
  for (auto &one : library.gpus) {
    if (one->bus == bus && one->generation == library.generation) {
      *out = one.get();
      return SUCCESS;
    }
  }
  library.gpus.push_back(std::make_unique<Gpu>(Gpu{bus, library.generation}));
  *out = library.gpus.back().get();
  return SUCCESS;
}

GATUN_NVML int nvmlDeviceGetTotalEnergyConsumption(Gpu *gpu, unsigned long long *millijoules) {
  std::lock_guard<std::mutex> hold(library.lock);
  int result = usable("nvmlDeviceGetTotalEnergyConsumption", gpu, millijoules);
  if (result != SUCCESS) {
    return result;
  }
  if (setting("GATUN_NVML_STANDIN_ENERGY", 1) == 0) {
    return NOT_SUPPORTED;
  }
  unsigned long long ticks = (unsigned long long)((std::chrono::steady_clock::now() - start) / REFRESH);
  *millijoules = 1'000'000 + ticks * MILLIWATTS / 1000 * (unsigned long long)REFRESH.count();
  return SUCCESS;
}

GATUN_NVML int nvmlDeviceGetEnforcedPowerLimit(Gpu *gpu, unsigned *milliwatts) {
  std::lock_guard<std::mutex> hold(library.lock);
  int result = usable("nvmlDeviceGetEnforcedPowerLimit", gpu, milliwatts);
  if (result == SUCCESS) {
    *milliwatts = MILLIWATTS_AT_MOST;
  }
  return result;
}

GATUN_NVML int nvmlDeviceGetClockInfo(Gpu *gpu, int clock, unsigned *megahertz) {
  std::lock_guard<std::mutex> hold(library.lock);
  int result = usable("nvmlDeviceGetClockInfo", gpu, megahertz);
  if (result == SUCCESS && clock != CLOCK_SM) {
    result = refuse("nvmlDeviceGetClockInfo", INVALID_ARGUMENT, "clock %d is not one that Gatun asks for", clock);
  }
  if (result == SUCCESS) {
    *megahertz = MEGAHERTZ;
  }
  return result;
}

GATUN_NVML int nvmlDeviceGetTemperature(Gpu *gpu, int sensor, unsigned *celsius) {
  std::lock_guard<std::mutex> hold(library.lock);
  int result = usable("nvmlDeviceGetTemperature", gpu, celsius);
  if (result == SUCCESS && sensor != TEMPERATURE_GPU) {
    result = refuse("nvmlDeviceGetTemperature", INVALID_ARGUMENT, "sensor %d is not one that Gatun asks for", sensor);
  }
  if (result == SUCCESS) {
    *celsius = CELSIUS;
  }
  return result;
}
