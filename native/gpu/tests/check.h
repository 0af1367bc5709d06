/* What the tests of the kernels share: memory with guards, launches, comparisons. */
#ifndef GATUN_GPU_CHECK_H
#define GATUN_GPU_CHECK_H

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "gatun_gpu_host.h"

/* Memory that ends at a page that no one may touch; full of bytes that are NaN in every type. */
class Memory {
 public:
  explicit Memory(size_t bytes) : bytes_(bytes) {
    size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    size_t whole = (bytes + page - 1) / page * page;
    char *base = static_cast<char *>(mmap(nullptr, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0));
    if (base == MAP_FAILED) std::abort();
    mprotect(base + whole, page, PROT_NONE);
    std::memset(base, 0xff, whole);
    /* The start stays aligned for 16-byte loads: then up to 15 bytes lie before the guard. */
    start_ = base + (whole - bytes) / 16 * 16;
  }
  template <class T>
  explicit Memory(const std::vector<T> &values) : Memory(values.size() * sizeof(T)) {
    std::memcpy(start_, values.data(), bytes_);
  }
  void *at(size_t offset = 0) const { return start_ + offset; }
  template <class T>
  std::vector<T> values() const {
    std::vector<T> copy(bytes_ / sizeof(T));
    std::memcpy(copy.data(), start_, copy.size() * sizeof(T));
    return copy;
  }
  /* Whether nothing was written behind the end. */
  bool intact() const {
    for (char *p = start_ + bytes_; reinterpret_cast<uintptr_t>(p) % 16 != 0; p++) {
      if (*p != '\xff') return false;
    }
    return true;
  }

 private:
  size_t bytes_;
  char *start_;
};

struct Grid {
  uint32_t x, y, z, threads;
};

/* What a test found; the first finding ends it. */
struct Failure {
  std::string text;
};

inline void launch(const char *name, Grid grid, std::vector<const Memory *> memory, const void *params) {
  const gatun_gpu_kernel *kernel = gatun_gpu_find(name);
  if (kernel == nullptr) throw Failure{std::string(name) + " does not exist"};
  if (gatun_gpu_memories(kernel) != static_cast<int>(memory.size())) {
    throw Failure{std::string(name) + " takes " + std::to_string(gatun_gpu_memories(kernel)) + " pieces of memory"};
  }
  std::vector<void *> pointers;
  for (const Memory *piece : memory) pointers.push_back(piece->at());
  std::vector<void *> arguments;
  for (void *&pointer : pointers) arguments.push_back(&pointer);
  arguments.push_back(const_cast<void *>(params));
  uint32_t xyz[3] = {grid.x, grid.y, grid.z};
  char message[512];
  if (gatun_gpu_run(kernel, xyz, grid.threads, arguments.data(), message, sizeof message) != 0) throw Failure{message};
  for (const Memory *piece : memory) {
    if (!piece->intact()) throw Failure{std::string(name) + " writes behind the end"};
  }
}

/* |actual - expected| <= bound max(1, |expected|), NaN only where NaN is expected. */
inline void close(const std::string &what, const std::vector<float> &actual, const std::vector<double> &expected,
                  double bound) {
  if (actual.size() != expected.size()) throw Failure{what + ": sizes"};
  for (size_t i = 0; i < actual.size(); i++) {
    double distance = std::fabs(actual[i] - expected[i]);
    bool same = std::isnan(expected[i]) ? std::isnan(actual[i]) : actual[i] == expected[i];
    if (!same && !(distance <= bound * std::fmax(1.0, std::fabs(expected[i])))) {
      throw Failure{what + ": [" + std::to_string(i) + "] is " + std::to_string(actual[i]) + ", not " +
                    std::to_string(expected[i])};
    }
  }
}

/* Numbers of a fixed sequence, in [-1, 1). */
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 1) {}
  uint32_t bits() {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<uint32_t>(state_ >> 32);
  }
  int below(int bound) { return static_cast<int>(bits() % static_cast<uint32_t>(bound)); }
  float next() { return static_cast<float>(bits() >> 8) / 8388608.0f - 1.0f; }
  std::vector<float> floats(size_t count) {
    std::vector<float> values(count);
    for (float &x : values) x = next();
    return values;
  }

 private:
  uint64_t state_;
};

inline uint32_t groups(int64_t items, int64_t each) { return static_cast<uint32_t>((items + each - 1) / each); }

/* A test by name; TEST(name) { ... } throws Failure. */
struct Test {
  const char *name;
  void (*body)();
  static std::vector<Test> &all() {
    static std::vector<Test> tests;
    return tests;
  }
  Test(const char *test, void (*run)()) : name(test), body(run) { all().push_back(*this); }
};
#define TEST(name)                          \
  static void name();                       \
  static const Test test_##name(#name, name); \
  static void name()

#endif
