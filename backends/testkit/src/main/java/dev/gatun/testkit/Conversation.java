package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A session with a tiny model that knows where each sequence stands. */
final class Conversation implements AutoCloseable {
  static final int BATCH = 24;

  /** Tokens for one sequence. */
  record Turn(int sequence, List<Integer> tokens) {
    static Turn of(int sequence, int... tokens) {
      return new Turn(sequence, Arrays.stream(tokens).boxed().toList());
    }
  }

  private final Graph graph;
  private final ExecutableSession session;
  private final Batch batch = new Batch(BATCH);
  private final Map<Integer, Integer> positions = new HashMap<>();

  Conversation(Graph graph, Executable executable, int sequences, int capacity) {
    this.graph = graph;
    session = executable.newSession(new SessionOptions(sequences, capacity, BATCH, BATCH));
  }

  static Executable compile(Device device, Graph graph, CompileOptions options) {
    return device.compile(GraphSlice.whole(graph), profiles(), options);
  }

  static List<ShapeProfile> profiles() {
    Range some = new Range(1, BATCH, BATCH);
    return List.of(
        new ShapeProfile("prefill", Map.of(Batch.TOKENS, some, Batch.ROWS, new Range(0, 1, BATCH))),
        new ShapeProfile(
            "decode", Map.of(Batch.TOKENS, Range.fixed(1), Batch.ROWS, new Range(0, 1, 1))));
  }

  ExecutableSession session() {
    return session;
  }

  Conversation open(int sequence) {
    session.openSequence(sequence);
    positions.put(sequence, 0);
    return this;
  }

  /** Says where a sequence stands after something else than {@link #tell} changed it. */
  void standsAt(int sequence, int position) {
    positions.put(sequence, position);
  }

  /** Continues one sequence; the logits of its last token. */
  double[] tell(int sequence, int... tokens) {
    return together(Turn.of(sequence, tokens)).getFirst();
  }

  /**
   * Continues several sequences in one submission, their tokens taking turns; the logits of the
   * last token of each.
   */
  List<double[]> together(Turn... turns) {
    batch.clear();
    List<Integer> order = new ArrayList<>();
    int longest = 0;
    for (Turn turn : turns) {
      longest = Math.max(longest, turn.tokens().size());
    }
    for (int i = 0; i < longest; i++) {
      for (int t = 0; t < turns.length; t++) {
        Turn turn = turns[t];
        if (i < turn.tokens().size()) {
          boolean last = i == turn.tokens().size() - 1;
          int position = positions.merge(turn.sequence(), 1, Integer::sum) - 1;
          batch.add(turn.tokens().get(i), position, turn.sequence(), last);
          if (last) {
            order.add(t);
          }
        }
      }
    }
    session.submit(batch).await();
    Value logits = graph.outputs().getFirst();
    double[] all = read(logits, Shape.of(turns.length, TinyModel.VOCABULARY));
    List<double[]> results = new ArrayList<>();
    for (int t = 0; t < turns.length; t++) {
      int from = order.indexOf(t) * TinyModel.VOCABULARY;
      results.add(Arrays.copyOfRange(all, from, from + TinyModel.VOCABULARY));
    }
    assertEquals(turns.length, order.size());
    return results;
  }

  /** The content of an output or observed value. */
  double[] read(Value value, Shape shape) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(DType.F32.byteSize(shape.elements()), 4);
      session.buffer(value).read(0, memory).await();
      return Array.of(new Tensor(DType.F32, shape, memory)).values();
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
