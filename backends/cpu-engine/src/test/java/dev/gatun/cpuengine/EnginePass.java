package dev.gatun.cpuengine;

import dev.gatun.graph.Graph;
import dev.gatun.models.eval.ForwardPass;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** A session as a forward pass; opens sequences when they are first seen. */
final class EnginePass implements ForwardPass {
  private final Graph graph;
  private final ExecutableSession session;
  private final Batch batch;
  private final BitSet open = new BitSet();

  EnginePass(Graph graph, ExecutableSession session, int capacity) {
    this.graph = graph;
    this.session = session;
    batch = new Batch(capacity);
  }

  @Override
  public float[][] run(int[] tokens, int[] positions, int[] sequences, int[] rows) {
    var wanted = new BitSet();
    for (int row : rows) {
      wanted.set(row);
    }
    batch.clear();
    for (int i = 0; i < tokens.length; i++) {
      if (!graph.states().isEmpty() && !open.get(sequences[i])) {
        session.openSequence(sequences[i]);
        open.set(sequences[i]);
      }
      batch.add(tokens[i], positions[i], sequences[i], wanted.get(i));
    }
    session.submit(batch).await();
    Map<String, Long> sizes = new HashMap<>();
    sizes.put(Batch.TOKENS, (long) tokens.length);
    sizes.put(Batch.ROWS, (long) rows.length);
    Shape shape = graph.outputs().getFirst().type().resolve(sizes);
    Buffer buffer = session.buffer(graph.outputs().getFirst());
    MemorySegment memory = buffer.hostView().orElseThrow();
    int width = Math.toIntExact(shape.dim(1));
    var result = new float[rows.length][width];
    for (int row = 0; row < rows.length; row++) {
      MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, 4L * row * width, result[row], 0, width);
    }
    return result;
  }

  @Override
  public void forget(int sequence) {
    if (open.get(sequence)) {
      session.closeSequence(sequence);
      open.clear(sequence);
    }
  }
}
