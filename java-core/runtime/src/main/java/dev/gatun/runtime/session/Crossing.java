package dev.gatun.runtime.session;

import dev.gatun.graph.ValueType;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;

/** A value that is copied from one device's buffer to another's in each run. */
final class Crossing {
  private final ValueType type;
  private final Buffer from;
  private final Buffer to;

  Crossing(ValueType type, Buffer from, Buffer to) {
    this.type = type;
    this.from = from;
    this.to = to;
  }

  /** Copies the bytes that the current sizes give; the producer is done. */
  void carry(Map<String, Long> sizes) {
    long bytes = type.dtype().byteSize(type.resolve(sizes).elements());
    Optional<MemorySegment> source = from.hostView();
    Optional<MemorySegment> target = to.hostView();
    if (source.isPresent()) {
      to.write(0, source.get().asSlice(0, bytes)).await();
    } else if (target.isPresent()) {
      from.read(0, target.get().asSlice(0, bytes)).await();
    } else {
      try (HostBuffer staging = HostBuffer.allocate(from.device(), bytes)) {
        MemorySegment memory = staging.hostView().orElseThrow().asSlice(0, bytes);
        from.read(0, memory).await();
        to.write(0, memory).await();
      }
    }
  }
}
