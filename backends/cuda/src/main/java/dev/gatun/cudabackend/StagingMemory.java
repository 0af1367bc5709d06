package dev.gatun.cudabackend;

import dev.gatun.cuda.PinnedMemory;
import dev.gatun.gpuengine.driver.GpuMemory;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Pinned memory of the host. */
final class StagingMemory implements GpuMemory {
  private final PinnedMemory memory;
  private final MemorySegment segment;

  StagingMemory(PinnedMemory memory) {
    this.memory = memory;
    segment = memory.segment();
  }

  @Override
  public long bytes() {
    return segment.byteSize();
  }

  @Override
  public Optional<MemorySegment> hostView() {
    return Optional.of(segment);
  }

  @Override
  public void close() {
    memory.close();
  }
}
