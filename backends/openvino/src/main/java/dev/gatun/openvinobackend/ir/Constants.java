package dev.gatun.openvinobackend.ir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The constants of a model and of its bodies: pieces of one memory. */
final class Constants {
  private static final long ALIGNMENT = 64;

  private record Piece(long offset, long bytes, Consumer<MemorySegment> fill) {}

  private final List<Piece> pieces = new ArrayList<>();
  private long size;

  long piece(long bytes, Consumer<MemorySegment> fill) {
    long offset = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    pieces.add(new Piece(offset, bytes, fill));
    size = Math.addExact(offset, bytes);
    return offset;
  }

  MemorySegment build(Arena arena) {
    MemorySegment memory = arena.allocate(Math.max(size, ALIGNMENT), ALIGNMENT);
    // Each fills its own range: large ones on all processors.
    pieces.parallelStream()
        .forEach(piece -> piece.fill().accept(memory.asSlice(piece.offset(), piece.bytes())));
    return memory;
  }
}
