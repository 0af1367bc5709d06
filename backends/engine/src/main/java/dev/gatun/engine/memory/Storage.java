package dev.gatun.engine.memory;

import dev.gatun.engine.size.Extents;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.graph.Value;
import java.lang.foreign.MemorySegment;
import java.util.function.ToLongFunction;

/**
 * Memory that steps read and write.
 *
 * @param kind who provides it
 * @param value the input or output that it holds; else null
 * @param constant the content of a constant, in memory of the host; else null
 * @param bytes its size, given the largest sizes of a session
 */
public record Storage(
    int id, Kind kind, Value value, MemorySegment constant, ToLongFunction<SizeBound> bytes) {
  /** Who provides the memory. */
  public enum Kind {
    /** The session's buffer of an input, or one that the caller bound. */
    INPUT,
    /** The session's buffer of an output or observed value, or one that the caller bound. */
    OUTPUT,
    /** A part of the session's activation arena, shared with storages that live at other times. */
    ARENA,
    /** The executable. */
    CONSTANT,
    /** Nobody: it stands for the cached keys and values of a state. */
    STATE
  }

  /** The same storage, provided by somebody else. */
  public Storage as(Kind other, Value held) {
    return new Storage(id, other, held, constant, bytes);
  }

  /** Whether its size is known only when a step has run. */
  public boolean dependsOnData() {
    boolean[] found = {false};
    long size =
        bytes.applyAsLong(extent -> {
          found[0] |= Extents.dependsOnData(extent);
          return 1;
        });
    return size >= 0 && found[0];
  }
}
