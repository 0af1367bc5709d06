/*
 * The threads of one group of the emulated GPU. Each is a fiber as soon as it waits for others: a thread runs until it
 * meets a barrier or an operation of its SIMD group, then the next one runs. Threads that wait for nothing run one
 * after the other as a plain loop. Groups with odd numbers start their threads from the last, so that a missing barrier
 * shows in whichever direction values go.
 */
#ifndef GATUN_GPU_GROUP_H
#define GATUN_GPU_GROUP_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "fiber.h"

namespace gatun {

constexpr int SIMD_WIDTH = 32;
constexpr int MAX_THREADS = 1024;
/* What Metal allows; CUDA allows 48 KB. */
constexpr size_t SHARED_BYTES = 32768;

/* Where a thread is. */
struct Place {
  int x, y, z, grid_x, id, threads, lane, simd;
};

/* Runs one thread of a kernel. */
typedef void (*Body)(const Place &place, void *const *arguments);

class Group {
 public:
  Group();
  ~Group();

  /* Runs a group; false when its threads did not meet, with the reason in why(). */
  bool run(Body body, void *const *arguments, const Place &first, bool backwards);
  const std::string &why() const { return why_; }

  void *shared(size_t bytes);
  void barrier(int line);

  /* Leaves a value for the other threads of the SIMD group; returns all 32 once they have left theirs. */
  template <class T>
  const T *meet(T value, int line) {
    static_assert(sizeof(T) <= VALUE_BYTES, "what a thread leaves is too large");
    Simd &simd = simds_[running_ / SIMD_WIDTH];
    T *slots = reinterpret_cast<T *>(simd.slots[simd.parity]);
    slots[running_ % SIMD_WIDTH] = value;
    arrive(simd, line);
    return slots;
  }

  /* Of the last meeting: whether this thread came last, and so computes what all need. */
  bool came_last() const { return last_; }

  /* Where a thread that computed a result for its SIMD group leaves it, valid until the next but one meeting. */
  template <class R, class T>
  R &result(const T *slots) {
    static_assert(sizeof(R) <= RESULT_BYTES, "a result is too large");
    return *reinterpret_cast<R *>(reinterpret_cast<char *>(const_cast<T *>(slots)) + SIMD_WIDTH * VALUE_BYTES);
  }

  int lane() const { return running_ % SIMD_WIDTH; }

 private:
  static constexpr size_t VALUE_BYTES = 32, RESULT_BYTES = 512;

  /* 32 threads: which of them may run, which wait for each other, and what they leave for each other. */
  struct Simd {
    uint32_t ready, meeting, blocked;
    int meeting_line, blocked_line;
    unsigned parity;
    alignas(16) unsigned char slots[2][SIMD_WIDTH * VALUE_BYTES + RESULT_BYTES];
  };

  static void fiber_main();
  void run_threads();
  void arrive(Simd &simd, int line);
  void suspend();
  void leave(void **save);
  int next_ready();
  void fail(const std::string &why);
  std::string waiting() const;

  Body body_;
  void *const *arguments_;
  Place first_;
  bool backwards_;
  int started_, finished_, running_, blocked_, fibers_;
  bool last_;
  std::string why_;
  size_t shared_used_, shared_poisoned_;
  int barrier_line_;
  size_t offsets_[MAX_THREADS];
  void *saved_[MAX_THREADS];
  void *main_;
  Simd simds_[MAX_THREADS / SIMD_WIDTH];
  std::vector<std::unique_ptr<Stack>> stacks_;
  alignas(16) unsigned char shared_[SHARED_BYTES];
};

/* The group whose threads run on this thread of the system. */
extern thread_local Group *current;

inline void *shared(size_t bytes) { return current->shared(bytes); }
inline void barrier(int line) { current->barrier(line); }
inline void simd_barrier(int line) { current->meet(0, line); }

template <class T>
T simd_sum(T x, int line) {
  const T *values = current->meet(x, line);
  if (current->came_last()) {
    T sum = values[0];
    for (int i = 1; i < SIMD_WIDTH; i++) sum += values[i];
    current->result<T>(values) = sum;
  }
  return current->result<T>(values);
}

template <class T>
T simd_max(T x, int line) {
  const T *values = current->meet(x, line);
  if (current->came_last()) {
    T most = values[0];
    for (int i = 1; i < SIMD_WIDTH; i++) most = values[i] > most ? values[i] : most;
    current->result<T>(values) = most;
  }
  return current->result<T>(values);
}

template <class T>
T simd_shuffle(T x, int lane, int line) {
  return current->meet(x, line)[lane & (SIMD_WIDTH - 1)];
}

template <class T>
T simd_shuffle_xor(T x, int mask, int line) {
  return current->meet(x, line)[(current->lane() ^ mask) & (SIMD_WIDTH - 1)];
}

#ifdef GATUN_MUTANTS
/* Whether the check or barrier in this line is to be left out: tests show that they notice. */
bool mutated(const char *file, int line);
#endif

}  // namespace gatun

#endif
