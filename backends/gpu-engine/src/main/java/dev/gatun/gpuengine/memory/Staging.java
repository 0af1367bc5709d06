package dev.gatun.gpuengine.memory;

import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuFence;
import dev.gatun.gpuengine.driver.GpuMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Host memory from which a session's submissions are copied to the device. There are two areas, so
 * that one can be filled while the other is still read. Belongs to the session's thread.
 */
public final class Staging implements AutoCloseable {
  private static final long CHUNK_BYTES = 64 << 10;
  private static final long ALIGNMENT = 64;

  private final GpuDriver driver;
  private final Area[] areas = {new Area(), new Area()};
  private int current;

  private static final class Area {
    final List<GpuMemory> chunks = new ArrayList<>();
    int chunk;
    long used;
    GpuFence fence;
  }

  public Staging(GpuDriver driver) {
    this.driver = driver;
  }

  /** Begins a submission: waits until the device has read the one before the last. */
  public void begin() {
    current = 1 - current;
    Area area = areas[current];
    if (area.fence != null) {
      area.fence.await();
      area.fence = null;
    }
    area.chunk = 0;
    area.used = 0;
  }

  /** Memory for this submission. */
  public MemorySegment take(long bytes) {
    Area area = areas[current];
    while (area.chunk < area.chunks.size()) {
      GpuMemory chunk = area.chunks.get(area.chunk);
      if (area.used + bytes <= chunk.bytes()) {
        MemorySegment taken = chunk.hostView().orElseThrow().asSlice(area.used, bytes);
        area.used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return taken;
      }
      area.chunk++;
      area.used = 0;
    }
    area.chunks.add(driver.staging(Math.max(CHUNK_BYTES, bytes)));
    return take(bytes);
  }

  /** Ends a submission: after the fence its memory may be used again. */
  public void end(GpuFence fence) {
    areas[current].fence = fence;
  }

  @Override
  public void close() {
    for (Area area : areas) {
      area.chunks.forEach(GpuMemory::close);
      area.chunks.clear();
    }
  }
}
