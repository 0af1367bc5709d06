package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpuengine.kernel.Memory;
import dev.gatun.cpuengine.kernel.PeakKernels;
import java.lang.foreign.MemorySegment;

/** The library's own loops. */
record NativePeaks(CpuKernels kernels) implements PeakKernels {
  @Override
  public String arithmetic() {
    return "int8";
  }

  @Override
  public long read(MemorySegment memory) {
    return kernels.read(Memory.address(memory, 0, memory.byteSize()), memory.byteSize());
  }

  @Override
  public long multiplyAdds(int rounds, MemorySegment data) {
    return kernels.multiplyAdds(rounds, Memory.address(data, 0, CpuKernels.PEAK_BYTES));
  }
}
