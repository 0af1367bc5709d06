#include "memory.h"

#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace standin {

Memory &Memory::get() {
  static Memory *memory = new Memory; // Streams may outlive the destructors of the process.
  return *memory;
}

void *Memory::allocate(size_t bytes, Kind kind, Context *context) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t used = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  const size_t body = (used + page - 1) / page * page;
  char *mapping = (char *)mmap(nullptr, body + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) {
    return nullptr;
  }
  if (mprotect(mapping + page, body, PROT_READ | PROT_WRITE) != 0) {
    munmap(mapping, body + 2 * page);
    return nullptr;
  }
  std::memset(mapping + page, POISON, body);
  char *start = mapping + page + body - used; // Its end meets the guard.
  std::lock_guard<std::mutex> hold(lock);
  ranges[(uintptr_t)start] = {bytes, kind, context, mapping, body + 2 * page};
  return start;
}

bool Memory::free(uintptr_t address, Kind kind, Context *context, size_t *bytes) {
  std::lock_guard<std::mutex> hold(lock);
  auto found = ranges.find(address);
  if (found == ranges.end() || found->second.kind != kind || found->second.context != context) {
    return false;
  }
  *bytes = found->second.bytes;
  if (kind != Kind::REGISTERED) {
    munmap(found->second.mapping, found->second.mapped);
  }
  ranges.erase(found);
  return true;
}

bool Memory::add(uintptr_t address, size_t bytes, Context *context) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  std::lock_guard<std::mutex> hold(lock);
  for (auto &range : ranges) {
    if (address / page <= (range.first + range.second.bytes - 1) / page && range.first / page <= (address + bytes - 1) / page) {
      return false;
    }
  }
  ranges[address] = {bytes, Kind::REGISTERED, context, nullptr, 0};
  return true;
}

bool Memory::isRegistered(uintptr_t address) {
  std::lock_guard<std::mutex> hold(lock);
  auto found = find(address);
  return found != ranges.end() && found->second.kind == Kind::REGISTERED && address - found->first < found->second.bytes;
}

size_t Memory::freeAll(Context *context) {
  std::lock_guard<std::mutex> hold(lock);
  size_t count = 0;
  for (auto range = ranges.begin(); range != ranges.end();) {
    if (range->second.context == context) {
      if (range->second.kind != Kind::REGISTERED) {
        munmap(range->second.mapping, range->second.mapped);
      }
      range = ranges.erase(range);
      count++;
    } else {
      ++range;
    }
  }
  return count;
}

/* The last range that starts at or before the address. */
std::map<uintptr_t, Memory::Range>::iterator Memory::find(uintptr_t address) {
  auto next = ranges.upper_bound(address);
  return next == ranges.begin() ? ranges.end() : --next;
}

bool Memory::isDevice(uintptr_t address, size_t bytes, Context *context) {
  std::lock_guard<std::mutex> hold(lock);
  auto found = find(address);
  return found != ranges.end() && found->second.kind == Kind::DEVICE && found->second.context == context &&
         address - found->first <= found->second.bytes && bytes <= found->second.bytes - (address - found->first);
}

bool Memory::isSource(uintptr_t address, size_t bytes, Context *context) {
  return isDevice(address, bytes, context) || (isRegistered(address) && isHost(address, bytes));
}

bool Memory::isHost(uintptr_t address, size_t bytes) {
  std::lock_guard<std::mutex> hold(lock);
  auto found = find(address);
  if (found == ranges.end() || address - found->first >= found->second.bytes) {
    return address != 0;
  }
  return found->second.kind != Kind::DEVICE && bytes <= found->second.bytes - (address - found->first);
}

bool Memory::isAddressable(uintptr_t address, Context *context) {
  std::lock_guard<std::mutex> hold(lock);
  auto found = find(address);
  return found != ranges.end() && address - found->first < found->second.bytes &&
         (found->second.kind == Kind::HOST || found->second.context == context);
}

} // namespace standin
