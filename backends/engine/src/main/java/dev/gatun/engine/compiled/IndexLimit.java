package dev.gatun.engine.compiled;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Gather;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The smallest extent that an input picks from: vendors' compilers do not say when an index lies
 * outside.
 *
 * @param extent {@link Long#MAX_VALUE} for an input that picks nothing
 */
public record IndexLimit(long extent) {
  /** Of an input. */
  public static IndexLimit of(Graph graph, Value input) {
    long extent = Long.MAX_VALUE;
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Gather op
          && node.input(1).id() == input.id()
          && node.input(0).type().dim(op.axis()) instanceof Dim.Fixed(long size)) {
        extent = Math.min(extent, size);
      }
    }
    return new IndexLimit(extent);
  }

  /**
   * Checks an input's content.
   *
   * @throws BackendException naming the first index outside
   */
  public void check(Value input, MemorySegment memory, long elements) {
    if (extent == Long.MAX_VALUE) {
      return;
    }
    boolean wide = input.type().dtype() == DType.I64;
    for (long i = 0; i < elements; i++) {
      long index =
          wide
              ? memory.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, i)
              : memory.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
      if (index < -extent || index >= extent) {
        throw new BackendException(
            "input '%s': index %d lies outside -%d..%d"
                .formatted(input.name(), index, extent, extent - 1));
      }
    }
  }
}
