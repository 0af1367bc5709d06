package dev.gatun.qnnbackend;

import dev.gatun.engine.compiled.IndexLimit;
import dev.gatun.engine.compiled.SessionBuffers;
import dev.gatun.engine.compiled.Span;
import dev.gatun.engine.compiled.SpanInput;
import dev.gatun.graph.Bindings;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnnbackend.lower.Feed;
import dev.gatun.qnnbackend.lower.Numbers;
import dev.gatun.runtime.spi.Batch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/** Fills the inputs of a lowered graph for a part of a batch. */
final class FeedWriter implements AutoCloseable {
  private final Graph graph;
  private final SessionBuffers buffers;
  private final Map<Integer, SpanInput> inputs = new HashMap<>();
  private int[] positions = {};
  private int[] sequences = {};

  FeedWriter(Graph graph, SessionBuffers buffers) {
    this.graph = graph;
    this.buffers = buffers;
  }

  /** What a run is about. */
  record Run(Batch batch, Span span, Bindings sizes, int past) {}

  /** The graph's elements of an input; padding is zero. */
  void input(Feed.Input feed, Run run, MemorySegment target) {
    Value value = feed.value();
    MemorySegment given = read(value, run);
    long count = run.sizes.shape(value.type()).elements();
    QnnTensor tensor = feed.tensor();
    if (count < tensor.count()) {
      target.fill((byte) 0);
    }
    ElementCopy.in(value.type().dtype(), given, tensor.elements(), target, count);
  }

  private MemorySegment read(Value value, Run run) {
    return inputs
        .computeIfAbsent(value.id(), absent -> new SpanInput(value, IndexLimit.of(graph, value)))
        .read(run.batch, run.span, run.sizes, buffers.get(value));
  }

  private int[] integers(Value value, Run run, int[] into) {
    MemorySegment given = read(value, run);
    int count = Math.toIntExact(run.sizes.shape(value.type()).elements());
    int[] target = into.length < count ? new int[count] : into;
    MemorySegment.copy(given, ValueLayout.JAVA_INT_UNALIGNED, 0, target, 0, count);
    return target;
  }

  /** Whom each query sees. A row of padding sees all, so that it stays a number. */
  void mask(Feed.Mask feed, Run run, MemorySegment target) {
    int tokens = Math.toIntExact(run.sizes.shape(feed.positions().type()).elements());
    positions = integers(feed.positions(), run, positions);
    boolean stateful = feed.sequences().isAbsent();
    if (!stateful) {
      sequences = integers(feed.sequences(), run, sequences);
    }
    target.fill((byte) 0);
    Elements elements = feed.tensor().elements();
    int width = feed.tensor().dim(1);
    for (int i = 0; i < tokens; i++) {
      long row = (long) i * width;
      for (int j = 0; j < feed.capacity(); j++) {
        if (j >= run.past || isOutside(feed, positions[i], j)) {
          put(elements, Feed.HIDDEN, target, row + j);
        }
      }
      for (int j = 0; j < width - feed.capacity(); j++) {
        boolean hidden =
            j >= tokens
                || (!stateful && sequences[i] != sequences[j])
                || (feed.causal() && positions[j] > positions[i])
                || isOutside(feed, positions[i], positions[j]);
        if (hidden) {
          put(elements, Feed.HIDDEN, target, row + feed.capacity() + j);
        }
      }
    }
  }

  private static boolean isOutside(Feed.Mask feed, int query, int key) {
    return feed.window() > 0 && query - key >= feed.window();
  }

  /** Cosines or sines; of padding they are zero. */
  void angles(Feed.Angles feed, Run run, MemorySegment target) {
    int tokens = Math.toIntExact(run.sizes.shape(feed.positions().type()).elements());
    positions = integers(feed.positions(), run, positions);
    target.fill((byte) 0);
    float[] frequencies = feed.frequencies().toFloats();
    for (int i = 0; i < tokens; i++) {
      for (int k = 0; k < frequencies.length; k++) {
        double angle = positions[i] * (double) frequencies[k];
        double value = feed.sine() ? Math.sin(angle) : Math.cos(angle);
        put(
            feed.tensor().elements(),
            (float) (value * feed.magnitude()),
            target,
            (long) i * frequencies.length + k);
      }
    }
  }

  private static void put(Elements elements, float value, MemorySegment target, long index) {
    if (elements == Elements.F16) {
      target.setAtIndex(ValueLayout.JAVA_SHORT, index, Numbers.half(value));
    } else {
      target.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
    }
  }

  @Override
  public void close() {
    inputs.values().forEach(SpanInput::close);
  }
}
