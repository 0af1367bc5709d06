#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "gatun_gpu_host.h"
#include "table.h"

namespace gatun {
namespace {

/* One run of a kernel: groups are taken one by one by whoever works on it. */
struct Run {
  const gatun_gpu_kernel *kernel;
  void *const *arguments;
  uint32_t grid[3];
  int threads;
  uint64_t groups;
  std::atomic<uint64_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::string why;

  bool more() const { return !failed && next < groups; }

  void step(Group &group) {
    uint64_t number = next++;
    if (number >= groups) return;
    Place first{};
    first.x = static_cast<int>(number % grid[0]);
    first.y = static_cast<int>(number / grid[0] % grid[1]);
    first.z = static_cast<int>(number / grid[0] / grid[1]);
    first.grid_x = static_cast<int>(grid[0]);
    first.threads = threads;
    if (!group.run(kernel->body, arguments, first, number % 2 != 0)) {
      std::lock_guard<std::mutex> lock(mutex);
      if (!failed) {
        why = std::string(kernel->name) + ", group " + std::to_string(number) + ": " + group.why();
      }
      failed = true;
    }
  }
};

Group &own_group() {
  static thread_local std::unique_ptr<Group> group;
  if (!group) group.reset(new Group());
  return *group;
}

/* Threads of the system that help with long runs; they live as long as the process. */
class Helpers {
 public:
  static Helpers &get() {
    static Helpers *helpers = new Helpers();
    return *helpers;
  }

  /* Works on a run together with the helpers, until it has ended. */
  void help(Run &run) {
    std::unique_lock<std::mutex> one(turn_, std::try_to_lock);
    if (!one.owns_lock() || count_ == 0) {
      while (run.more()) run.step(own_group());
      return;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      run_ = &run;
      turn_number_++;
    }
    start_.notify_all();
    while (run.more()) run.step(own_group());
    std::unique_lock<std::mutex> lock(mutex_);
    run_ = nullptr;
    end_.wait(lock, [this] { return working_ == 0; });
  }

 private:
  Helpers() : count_(static_cast<int>(std::max(1u, std::thread::hardware_concurrency())) - 1) {
    for (int i = 0; i < count_; i++) std::thread([this] { work(); }).detach();
  }

  void work() {
    uint64_t seen = 0;
    for (;;) {
      Run *run;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        start_.wait(lock, [&] { return run_ != nullptr && turn_number_ != seen; });
        seen = turn_number_;
        run = run_;
        working_++;
      }
      while (run->more()) run->step(own_group());
      std::lock_guard<std::mutex> lock(mutex_);
      if (--working_ == 0) end_.notify_one();
    }
  }

  const int count_;
  std::mutex turn_, mutex_;
  std::condition_variable start_, end_;
  Run *run_ = nullptr;
  int working_ = 0;
  uint64_t turn_number_ = 0;
};

int refuse(char *message, size_t bytes, const std::string &why) {
  std::snprintf(message, bytes, "%s", why.c_str());
  return -1;
}

}  // namespace
}  // namespace gatun

extern "C" {

const char *gatun_gpu_family(const gatun_gpu_kernel *kernel) { return kernel->family; }

int gatun_gpu_memories(const gatun_gpu_kernel *kernel) { return kernel->memories; }

size_t gatun_gpu_params_bytes(const gatun_gpu_kernel *kernel) { return kernel->params_bytes; }

int gatun_gpu_run(const gatun_gpu_kernel *kernel, const uint32_t grid[3], uint32_t threads, void *const *arguments,
                  char *message, size_t message_bytes) {
  using namespace gatun;
  if (threads == 0 || threads % SIMD_WIDTH != 0 || threads > MAX_THREADS) {
    return refuse(message, message_bytes,
                  std::string(kernel->name) + ": a group of " + std::to_string(threads) +
                      " threads; it must be a multiple of 32, at most 1024");
  }
  if (grid[0] == 0 || grid[1] == 0 || grid[2] == 0) {
    return refuse(message, message_bytes, std::string(kernel->name) + ": the grid is empty");
  }
  Run run;
  run.kernel = kernel;
  run.arguments = arguments;
  std::copy(grid, grid + 3, run.grid);
  run.threads = static_cast<int>(threads);
  run.groups = static_cast<uint64_t>(grid[0]) * grid[1] * grid[2];
  /* Short runs are not worth waking the helpers. */
  auto start = std::chrono::steady_clock::now();
  while (run.more()) {
    run.step(own_group());
    if (run.more() && std::chrono::steady_clock::now() - start > std::chrono::microseconds(30)) {
      Helpers::get().help(run);
    }
  }
  return run.failed ? refuse(message, message_bytes, run.why) : 0;
}
}
