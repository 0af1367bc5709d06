/* Modules, kernels and their launches, graphs of launches. */
#include <cstring>

#include "driver.h"
#include "memory.h"
#include "settings.h"

using namespace standin;

static Driver &driver = Driver::get();

GATUN_CUDA cuModuleLoadData(Module **module, const void *data) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuModuleLoadData");
  if (result == SUCCESS) {
    result = outsideCapture("cuModuleLoadData");
  }
  if (result != SUCCESS) {
    return result;
  }
  if (module == nullptr || data == nullptr) {
    return refuse("cuModuleLoadData", INVALID_VALUE, "no image, or no place for the module");
  }
  auto made = std::make_unique<Module>();
  made->context = current();
  Image &image = made->image;
  std::string why;
  result = readImage(data, image, why);
  if (result != SUCCESS) {
    return refuse("cuModuleLoadData", result, "%s", why.c_str());
  }
  const Settings &settings = Settings::get();
  // Machine code runs on its own generation, from its own revision on; PTX from its architecture on.
  bool fits = image.ptx ? image.architecture <= settings.capability
                        : image.architecture / 10 == settings.capability / 10 && image.architecture <= settings.capability;
  if (!fits) {
    return refuse("cuModuleLoadData", NO_BINARY_FOR_GPU, "made for sm_%d, the device is sm_%d", image.architecture,
                  settings.capability);
  }
  if (image.toolkit / 10 > settings.driver / 1000) {
    return refuse("cuModuleLoadData", UNSUPPORTED_PTX_VERSION, "made by CUDA %d.%d, the driver is of %d.%d",
                  image.toolkit / 10, image.toolkit % 10, settings.driver / 1000, settings.driver % 1000 / 10);
  }
  *module = driver.modules.add(std::move(made));
  return SUCCESS;
}

GATUN_CUDA cuModuleUnload(Module *module) {
  {
    std::lock_guard<std::mutex> hold(driver.lock);
    Result result = enter("cuModuleUnload");
    if (result == SUCCESS) {
      result = outsideCapture("cuModuleUnload");
    }
    if (result != SUCCESS) {
      return result;
    }
    if (!driver.modules.has(module) || module->context != current()) {
      return refuse("cuModuleUnload", INVALID_HANDLE, "no living module of this context");
    }
  }
  drain(current());
  std::lock_guard<std::mutex> hold(driver.lock);
  std::vector<Function *> functions;
  driver.functions.each([&](Function &function) {
    if (function.module == module) {
      functions.push_back(&function);
    }
  });
  for (Function *function : functions) {
    driver.functions.take(function);
  }
  driver.modules.take(module);
  return SUCCESS;
}

/* Why a kernel of the image is not the one that is compiled in here; empty when it is. */
static std::string difference(const ImageKernel &kernel, const gatun_gpu_kernel *host) {
  size_t memories = (size_t)gatun_gpu_memories(host);
  size_t block = gatun_gpu_params_bytes(host);
  size_t expected = memories + (block > 0);
  if (kernel.parameters.size() != expected) {
    return "it takes " + std::to_string(kernel.parameters.size()) + " parameters, here " + std::to_string(expected);
  }
  for (size_t i = 0; i < expected; i++) {
    size_t bytes = i < memories ? sizeof(DevicePointer) : block;
    if (kernel.parameters[i].bytes != bytes) {
      return "its parameter " + std::to_string(i) + " has " + std::to_string(kernel.parameters[i].bytes) + " bytes, here " +
             std::to_string(bytes);
    }
  }
  return "";
}

GATUN_CUDA cuModuleGetFunction(Function **function, Module *module, const char *name) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuModuleGetFunction");
  if (result != SUCCESS) {
    return result;
  }
  if (function == nullptr || name == nullptr) {
    return refuse("cuModuleGetFunction", INVALID_VALUE, "no name, or no place for the function");
  }
  if (!driver.modules.has(module) || module->context != current()) {
    return refuse("cuModuleGetFunction", INVALID_HANDLE, "no living module of this context");
  }
  for (const ImageKernel &kernel : module->image.kernels) {
    if (kernel.name != name) {
      continue;
    }
    const gatun_gpu_kernel *host = gatun_gpu_find(name);
    if (host == nullptr) {
      return refuse("cuModuleGetFunction", NOT_SUPPORTED, "%s is in the module, but not compiled for the host", name);
    }
    std::string differs = difference(kernel, host);
    if (!differs.empty()) {
      return refuse("cuModuleGetFunction", INVALID_IMAGE, "%s of the module is not that of the host: %s", name,
                    differs.c_str());
    }
    auto made = std::make_unique<Function>();
    made->context = module->context;
    made->module = module;
    made->kernel = &kernel;
    made->host = host;
    *function = driver.functions.add(std::move(made));
    return SUCCESS;
  }
  return refuse("cuModuleGetFunction", NOT_FOUND, "%s is not in the module", name);
}

static Result entering(const char *name, Function *function) {
  Result result = enter(name);
  if (result != SUCCESS) {
    return result;
  }
  return !driver.functions.has(function) || function->context != current()
             ? refuse(name, INVALID_HANDLE, "no living function of this context")
             : SUCCESS;
}

static int mostThreads(const Function *function) {
  return function->kernel->maxThreads > 0 ? function->kernel->maxThreads : 1024;
}

GATUN_CUDA cuFuncGetAttribute(int *value, int attribute, Function *function) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuFuncGetAttribute", function);
  if (result != SUCCESS) {
    return result;
  }
  if (value == nullptr) {
    return refuse("cuFuncGetAttribute", INVALID_VALUE, "no place for the value");
  }
  switch (attribute) {
    case FUNCTION_MAX_THREADS_PER_BLOCK: *value = mostThreads(function); break;
    case FUNCTION_LOCAL_SIZE_BYTES: *value = function->kernel->localBytes; break;
    default: return refuse("cuFuncGetAttribute", INVALID_VALUE, "attribute %d is not one that Gatun asks for", attribute);
  }
  return SUCCESS;
}

GATUN_CUDA cuFuncGetParamInfo(Function *function, size_t index, size_t *offset, size_t *size) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuFuncGetParamInfo", function);
  if (result != SUCCESS) {
    return result;
  }
  if (offset == nullptr) {
    return refuse("cuFuncGetParamInfo", INVALID_VALUE, "no place for the offset");
  }
  // An index behind the last one is how callers find the number.
  if (index >= function->kernel->parameters.size()) {
    return INVALID_VALUE;
  }
  const Parameter &parameter = function->kernel->parameters[index];
  *offset = parameter.offset;
  if (size != nullptr) {
    *size = parameter.bytes;
  }
  return SUCCESS;
}

namespace {

/* A launch with copies of its arguments. */
struct Launched {
  Context *context;
  const gatun_gpu_kernel *kernel;
  std::string name;
  uint32_t grid[3];
  uint32_t threads;
  std::vector<uintptr_t> memories;
  std::vector<uint64_t> block; // 64 bits: a block of parameters is aligned to 8

  Result run(std::string &why) {
    if (++driver.kernelRuns == Settings::get().loseDevice) {
      why = "the device is lost, as the environment asks";
      return LAUNCH_FAILED;
    }
    std::vector<void *> arguments;
    for (uintptr_t &memory : memories) {
      if (!Memory::get().isAddressable(memory, context)) {
        why = name + ": no memory of the device is at its argument " + std::to_string(arguments.size());
        return ILLEGAL_ADDRESS;
      }
      arguments.push_back(&memory);
    }
    if (!block.empty()) {
      arguments.push_back(block.data());
    }
    // One kernel at a time has the whole emulated GPU.
    static std::mutex busy;
    std::lock_guard<std::mutex> hold(busy);
    char message[512] = "";
    if (gatun_gpu_run(kernel, grid, threads, arguments.data(), message, sizeof message) != 0) {
      why = name + ": " + message;
      return LAUNCH_FAILED;
    }
    return SUCCESS;
  }
};

} // namespace

GATUN_CUDA cuLaunchKernel(Function *function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                          unsigned blockY, unsigned blockZ, unsigned sharedBytes, Stream *stream, void **parameters,
                          void **extra) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuLaunchKernel", function);
  if (result != SUCCESS) {
    return result;
  }
  const char *name = function->kernel->name.c_str();
  if (!driver.streams.has(stream) || stream->context != function->context) {
    return refuse("cuLaunchKernel", INVALID_HANDLE, "%s: no living stream of this context", name);
  }
  if (gridX == 0 || gridY == 0 || gridZ == 0 || gridX > 0x7fffffff || gridY > 65535 || gridZ > 65535) {
    return refuse("cuLaunchKernel", INVALID_VALUE, "%s: a grid of %u x %u x %u", name, gridX, gridY, gridZ);
  }
  uint64_t threads = (uint64_t)blockX * blockY * blockZ;
  if (threads == 0 || blockX > 1024 || blockY > 1024 || blockZ > 64 || threads > 1024) {
    return refuse("cuLaunchKernel", INVALID_VALUE, "%s: a block of %u x %u x %u", name, blockX, blockY, blockZ);
  }
  if (threads > (uint64_t)mostThreads(function)) {
    return refuse("cuLaunchKernel", INVALID_VALUE, "%s: %u threads, it allows %d", name, blockX, mostThreads(function));
  }
  if (blockY != 1 || blockZ != 1 || sharedBytes != 0) {
    return refuse("cuLaunchKernel", NOT_SUPPORTED, "%s: kernels of Gatun have blocks of one dimension and no dynamic "
                  "shared memory", name);
  }
  if (extra != nullptr || (parameters == nullptr && !function->kernel->parameters.empty())) {
    return refuse("cuLaunchKernel", INVALID_VALUE, "%s: its parameters come as an array of pointers", name);
  }
  auto launched = std::make_shared<Launched>();
  launched->context = function->context;
  launched->kernel = function->host;
  launched->name = name;
  launched->grid[0] = gridX;
  launched->grid[1] = gridY;
  launched->grid[2] = gridZ;
  launched->threads = blockX;
  size_t memories = (size_t)gatun_gpu_memories(function->host);
  for (size_t i = 0; i < function->kernel->parameters.size(); i++) {
    size_t bytes = function->kernel->parameters[i].bytes;
    if (i < memories) {
      uintptr_t pointer;
      std::memcpy(&pointer, parameters[i], sizeof pointer);
      launched->memories.push_back(pointer);
    } else {
      launched->block.resize((bytes + 7) / 8);
      std::memcpy(launched->block.data(), parameters[i], bytes);
    }
  }
  put(stream, [launched](std::string &why) { return launched->run(why); });
  return SUCCESS;
}

GATUN_CUDA cuGraphInstantiateWithFlags(GraphExec **exec, Graph *graph, unsigned long long flags) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuGraphInstantiate");
  if (result != SUCCESS) {
    return result;
  }
  if (exec == nullptr || flags != 0 || !driver.graphs.has(graph) || graph->context != current()) {
    return refuse("cuGraphInstantiate", INVALID_VALUE, "no living graph of this context, or flags %llu", flags);
  }
  auto made = std::make_unique<GraphExec>();
  made->context = graph->context;
  made->tasks = std::make_shared<const std::vector<Task>>(graph->tasks);
  *exec = driver.execs.add(std::move(made));
  return SUCCESS;
}

GATUN_CUDA cuGraphLaunch(GraphExec *exec, Stream *stream) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuGraphLaunch");
  if (result != SUCCESS) {
    return result;
  }
  if (!driver.execs.has(exec) || !driver.streams.has(stream) || exec->context != current() ||
      stream->context != current()) {
    return refuse("cuGraphLaunch", INVALID_VALUE, "no living graph, or no living stream, of this context");
  }
  put(stream, [tasks = exec->tasks](std::string &why) {
    for (const Task &task : *tasks) {
      Result result = task(why);
      if (result != SUCCESS) {
        return result;
      }
    }
    return SUCCESS;
  });
  return SUCCESS;
}

GATUN_CUDA cuGraphExecDestroy(GraphExec *exec) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuGraphExecDestroy");
  if (result == SUCCESS && !driver.execs.has(exec)) {
    result = refuse("cuGraphExecDestroy", INVALID_VALUE, "no living graph");
  }
  if (result == SUCCESS) {
    driver.execs.take(exec);
  }
  return result;
}

GATUN_CUDA cuGraphDestroy(Graph *graph) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuGraphDestroy");
  if (result == SUCCESS && !driver.graphs.has(graph)) {
    result = refuse("cuGraphDestroy", INVALID_VALUE, "no living graph");
  }
  if (result == SUCCESS) {
    driver.graphs.take(graph);
  }
  return result;
}
