/* What the stand-in pretends to be: set by the environment, read once. */
#ifndef GATUN_STANDIN_CUDA_SETTINGS_H
#define GATUN_STANDIN_CUDA_SETTINGS_H

#include <cstdint>

namespace standin {

struct Settings {
  /* GATUN_CUDA_STANDIN_DEVICES: number of GPUs; 1. */
  int devices;
  /* GATUN_CUDA_STANDIN_MEMORY: bytes of each; 8 GiB. */
  uint64_t memory;
  /* GATUN_CUDA_STANDIN_CAPABILITY: 90 for sm_90, which is also the default. */
  int capability;
  /* GATUN_CUDA_STANDIN_INTEGRATED: 1 for GPUs that have no memory of their own but the host's, as a Jetson's. */
  bool integrated;
  /* GATUN_CUDA_STANDIN_DRIVER: what cuDriverGetVersion answers; 13050. */
  int driver;
  /* GATUN_CUDA_STANDIN_EAGER: 1 lets streams start at once, not only when somebody waits for them. */
  bool eager;
  /* GATUN_CUDA_STANDIN_FAIL_ALLOCATION: the number, from 1, of the device allocation that fails; 0 for none. */
  uint64_t failAllocation;
  /* GATUN_CUDA_STANDIN_LOSE_DEVICE: the number, from 1, of the kernel run during which the device is lost; 0 for none. */
  uint64_t loseDevice;
  /* GATUN_CUDA_STANDIN_QUIET: 1 keeps reasons of refusals from standard error. */
  bool quiet;

  static const Settings &get();
};

} // namespace standin

#endif
