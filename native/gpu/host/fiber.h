/* Stacks and the switch between them. */
#ifndef GATUN_GPU_FIBER_H
#define GATUN_GPU_FIBER_H

#include <cstddef>

namespace gatun {

/* Memory for one fiber, with a page below that no one may touch. */
class Stack {
 public:
  /* number: of the stack; stacks start at different places of their pages, so that caches hold many. */
  explicit Stack(unsigned number);
  ~Stack();
  Stack(const Stack &) = delete;
  Stack &operator=(const Stack &) = delete;

  /* What switch_fiber takes to start entry, which must not return, on this stack. */
  void *prepare(void (*entry)());

 private:
  char *base_;
  char *top_;
};

/* Keeps this fiber in *from, and goes on with to. */
void switch_fiber(void **from, void *to);

}  // namespace gatun

#endif
