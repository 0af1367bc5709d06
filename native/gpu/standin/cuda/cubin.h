/*
 * What a driver reads of an image: machine code as NVRTC writes it (an ELF file), or PTX. How kernels and their parameters
 * stand in a cubin was found by looking at NVRTC's output: its symbols, sections .nv.info and .nv.info.NAME, and notes.
 */
#ifndef GATUN_STANDIN_CUDA_CUBIN_H
#define GATUN_STANDIN_CUDA_CUBIN_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "abi.h"

namespace standin {

struct Parameter {
  size_t offset = 0;
  size_t bytes = 0;
};

struct ImageKernel {
  std::string name;
  std::vector<Parameter> parameters;
  int localBytes = 0;
  /* Most threads of a block; 0 when the kernel says none. */
  int maxThreads = 0;
};

struct Image {
  bool ptx = false;
  /* 90 for sm_90. */
  int architecture = 0;
  /* The CUDA that made it: 135 for 13.5. */
  int toolkit = 0;
  std::vector<ImageKernel> kernels;
};

/* Reads what cuModuleLoadData gets, which comes without its length. */
Result readImage(const void *data, Image &image, std::string &why);

} // namespace standin

#endif
