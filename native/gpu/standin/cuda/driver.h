/* What the functions of the driver share: devices, contexts, and which handles are alive. */
#ifndef GATUN_STANDIN_CUDA_DRIVER_H
#define GATUN_STANDIN_CUDA_DRIVER_H

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gatun_gpu_host.h"
#include "abi.h"
#include "cubin.h"
#include "queue.h"

namespace standin {

struct Context {
  int device;
  int retained = 0;
  uint64_t usedBytes = 0;
  /* An error of the work stays: the context is of no use afterwards. */
  std::atomic<int> error{SUCCESS};
};

struct Module {
  Context *context;
  Image image;
};

struct Function {
  Context *context;
  Module *module;
  const ImageKernel *kernel;
  const gatun_gpu_kernel *host;
};

/* Something for a stream, with all it needs. */
using Task = std::function<Result(std::string &why)>;

struct Capture {
  int mode;
  std::thread::id thread;
  bool invalid = false;
  std::vector<Task> tasks;
};

struct Stream {
  Context *context;
  std::shared_ptr<Queue> queue = std::make_shared<Queue>();
  std::unique_ptr<Capture> capture;
};

/* A place in a stream. */
struct Mark {
  std::shared_ptr<Queue> queue;
  uint64_t number = 0;
  std::shared_ptr<std::chrono::steady_clock::time_point> time;
};

struct Event {
  Context *context;
  bool timing;
  std::shared_ptr<Mark> mark;
};

struct Graph {
  Context *context;
  std::vector<Task> tasks;
};

struct GraphExec {
  Context *context;
  std::shared_ptr<const std::vector<Task>> tasks;
};

/* The handles of one kind that have been given out. */
template <typename T> class Handles {
 public:
  T *add(std::unique_ptr<T> one) {
    T *handle = one.get();
    alive.emplace(handle, std::move(one));
    return handle;
  }
  bool has(T *handle) const { return alive.count(handle) != 0; }
  std::unique_ptr<T> take(T *handle) {
    auto found = alive.find(handle);
    std::unique_ptr<T> one = std::move(found->second);
    alive.erase(found);
    return one;
  }
  /* Takes all of a context. */
  std::vector<std::unique_ptr<T>> takeAll(Context *context) {
    std::vector<std::unique_ptr<T>> taken;
    for (auto entry = alive.begin(); entry != alive.end();) {
      if (entry->second->context == context) {
        taken.push_back(std::move(entry->second));
        entry = alive.erase(entry);
      } else {
        ++entry;
      }
    }
    return taken;
  }
  template <typename Visit> void each(Visit visit) {
    for (auto &entry : alive) {
      visit(*entry.second);
    }
  }

 private:
  std::map<T *, std::unique_ptr<T>> alive;
};

struct Driver {
  /* Held by every function while it looks at what follows, never while it waits for work. */
  std::mutex lock;
  bool initialized = false;
  std::vector<std::unique_ptr<Context>> contexts; // by device; a context is alive while it is retained
  Handles<Module> modules;
  Handles<Function> functions;
  Handles<Stream> streams;
  Handles<Event> events;
  Handles<Graph> graphs;
  Handles<GraphExec> execs;
  uint64_t allocations = 0;
  std::atomic<uint64_t> kernelRuns{0};

  static Driver &get();
};

/* The calling thread's context; null when it has none. */
Context *&current();

/* Says on standard error why a call is refused, and returns the result for it. */
__attribute__((format(printf, 3, 4))) Result refuse(const char *function, Result result, const char *why, ...);

/* What every function but the first ones needs: a driver that was started, a context that lives and has not failed. */
Result enter(const char *function);

/* Whether this thread captures a stream in a way that forbids calls which may wait for the device or change its memory. */
Result outsideCapture(const char *function);

/* Waits for everything that was put into the streams of a context. */
void drain(Context *context);

/* Puts a task into a stream, or into the graph that it captures. */
void put(Stream *stream, Task task);

} // namespace standin

#endif
