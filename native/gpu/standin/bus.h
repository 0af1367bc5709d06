/* Where the stand-ins' GPUs are on the PCI bus, so that CUDA's and NVML's are the same: in a domain that no machine has. */
#ifndef GATUN_STANDIN_BUS_H
#define GATUN_STANDIN_BUS_H

namespace standin {

enum : unsigned { PCI_DOMAIN = 0xffff, FIRST_BUS = 1 };

} // namespace standin

#endif
