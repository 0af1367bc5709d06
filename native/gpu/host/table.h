/* What is known of a kernel, and how it is made from the function that KERNEL defines. */
#ifndef GATUN_GPU_TABLE_H
#define GATUN_GPU_TABLE_H

#include <cstddef>
#include <type_traits>
#include <utility>

#include "group.h"

struct gatun_gpu_kernel {
  const char *name;
  const char *family;
  int memories;
  size_t params_bytes;
  gatun::Body body;
};

namespace gatun {

/* The kernels of one file. */
struct Family {
  const gatun_gpu_kernel *kernels;
  int count;
};

/* Takes an argument's value from where it lies: memory by pointer, the block of parameters by reference. */
template <class A>
struct Argument {
  static_assert(std::is_pointer<A>::value, "a kernel takes memory, then PARAMS");
  static constexpr int memories = 1;
  static constexpr size_t bytes = 0;
  static A at(void *value) { return *static_cast<A *>(value); }
};

template <class P>
struct Argument<const P &> {
  static_assert(sizeof(P) <= 4096, "a block of parameters has at most 4096 bytes");
  static constexpr int memories = 0;
  static constexpr size_t bytes = sizeof(P);
  static const P &at(void *value) { return *static_cast<const P *>(value); }
};

constexpr size_t total() { return 0; }
template <class... Rest>
constexpr size_t total(size_t first, Rest... rest) {
  return first + total(rest...);
}

template <class F, F kernel>
struct Entry;

template <class... A, void (*kernel)(const Place &, A...)>
struct Entry<void (*)(const Place &, A...), kernel> {
  template <size_t... I>
  static void call(const Place &place, void *const *arguments, std::index_sequence<I...>) {
    kernel(place, Argument<A>::at(arguments[I])...);
  }
  static void body(const Place &place, void *const *arguments) {
    call(place, arguments, std::index_sequence_for<A...>());
  }
  static gatun_gpu_kernel describe(const char *family, const char *name) {
    return {name, family, static_cast<int>(total(static_cast<size_t>(Argument<A>::memories)...)),
            total(Argument<A>::bytes...), body};
  }
};

}  // namespace gatun

#define GATUN_ENTRY(family, name) gatun::Entry<decltype(&name), &name>::describe(#family, #name),

#endif
