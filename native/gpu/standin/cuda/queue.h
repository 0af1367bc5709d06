/*
 * Work that one thread does in order. It starts when somebody waits for it (or asks whether it is done), as late as CUDA
 * allows: whoever reads a result too early, or reuses memory of a copy too early, always gets the wrong bytes here.
 */
#ifndef GATUN_STANDIN_CUDA_QUEUE_H
#define GATUN_STANDIN_CUDA_QUEUE_H

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace standin {

class Queue {
 public:
  using Work = std::function<void()>;

  Queue();
  ~Queue();

  /* Puts work at the end; returns its number, from 1. */
  uint64_t add(Work work);

  /* Numbers of the last work put in. */
  uint64_t last();

  /* Lets the thread go on up to this work. */
  void demand(uint64_t number);

  /* Demands, and waits until it is done. */
  void await(uint64_t number);

  /* Demands, and tells whether it is done. */
  bool isDone(uint64_t number);

 private:
  /* A driver holds so many pieces at most without starting. */
  static constexpr uint64_t HELD = 1024;

  std::mutex lock;
  std::condition_variable changed;
  std::deque<Work> works;
  uint64_t added = 0;
  uint64_t done = 0;
  uint64_t demanded = 0;
  bool closing = false;
  std::thread thread;

  void run();
};

} // namespace standin

#endif
