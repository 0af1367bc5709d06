package dev.gatun.onnxruntimebackend;

import dev.gatun.onnxruntime.NodeAssignment;
import dev.gatun.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

/**
 * A session of the library that all runs share.
 *
 * @param assignments where the library put each node
 * @param memory what holds the model when the session uses it where it lies
 */
record OpenModel(OrtSession session, List<NodeAssignment> assignments, Optional<Arena> memory)
    implements AutoCloseable {
  @Override
  public void close() {
    session.close();
    memory.ifPresent(Arena::close);
  }
}
