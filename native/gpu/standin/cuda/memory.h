/*
 * The memory of the devices and pinned memory of the host: ranges of the process, each between pages that nothing may
 * touch, filled with poison.
 */
#ifndef GATUN_STANDIN_CUDA_MEMORY_H
#define GATUN_STANDIN_CUDA_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

namespace standin {

struct Context;

/* Every byte of memory that nobody has written: not a number as a float of any width, -1 as an integer. */
constexpr int POISON = 0xff;

/* Device memory starts at multiples of this, as the driver's does. */
constexpr size_t ALIGNMENT = 256;

class Memory {
 public:
  /* REGISTERED: of the program, which the device may read. */
  enum class Kind { DEVICE, HOST, REGISTERED };

  struct Range {
    size_t bytes;
    Kind kind;
    Context *context;
    void *mapping;
    size_t mapped;
  };

  /* Null when the system has no more. */
  void *allocate(size_t bytes, Kind kind, Context *context);

  /* Notes memory of the program; false when some of its pages are noted already. */
  bool add(uintptr_t address, size_t bytes, Context *context);

  /* Whether what starts there, or contains it, was added. */
  bool isRegistered(uintptr_t address);

  /* Frees what starts there; false when nothing of that kind does. bytes gets its size. */
  bool free(uintptr_t address, Kind kind, Context *context, size_t *bytes);

  /* Frees everything of a context; returns how many ranges that were. */
  size_t freeAll(Context *context);

  /* Whether [address, address + bytes) lies in one range of device memory of this context. */
  bool isDevice(uintptr_t address, size_t bytes, Context *context);

  /* The same, or in registered memory, which the device only reads. */
  bool isSource(uintptr_t address, size_t bytes, Context *context);

  /* Whether the host may have the range: pinned memory as a whole, or memory that is not ours. */
  bool isHost(uintptr_t address, size_t bytes);

  /* Whether a kernel of this context may start at the address: in device or pinned memory. */
  bool isAddressable(uintptr_t address, Context *context);

  static Memory &get();

 private:
  std::mutex lock;
  std::map<uintptr_t, Range> ranges;

  std::map<uintptr_t, Range>::iterator find(uintptr_t address);
};

} // namespace standin

#endif
