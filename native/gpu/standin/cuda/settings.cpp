#include "settings.h"

#include <cstdlib>

namespace standin {

static uint64_t number(const char *name, uint64_t otherwise) {
  const char *text = std::getenv(name);
  return text == nullptr || *text == 0 ? otherwise : std::strtoull(text, nullptr, 10);
}

const Settings &Settings::get() {
  static const Settings settings = {
      (int)number("GATUN_CUDA_STANDIN_DEVICES", 1),
      number("GATUN_CUDA_STANDIN_MEMORY", 8ULL << 30),
      (int)number("GATUN_CUDA_STANDIN_CAPABILITY", 90),
      number("GATUN_CUDA_STANDIN_INTEGRATED", 0) != 0,
      (int)number("GATUN_CUDA_STANDIN_DRIVER", 13050),
      number("GATUN_CUDA_STANDIN_EAGER", 0) != 0,
      number("GATUN_CUDA_STANDIN_FAIL_ALLOCATION", 0),
      number("GATUN_CUDA_STANDIN_LOSE_DEVICE", 0),
      number("GATUN_CUDA_STANDIN_QUIET", 0) != 0,
  };
  return settings;
}

} // namespace standin
