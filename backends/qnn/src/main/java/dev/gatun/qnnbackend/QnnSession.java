package dev.gatun.qnnbackend;

import dev.gatun.engine.compiled.BatchSizes;
import dev.gatun.engine.compiled.RowCache;
import dev.gatun.engine.compiled.Sequences;
import dev.gatun.engine.compiled.SessionBuffers;
import dev.gatun.engine.compiled.Span;
import dev.gatun.engine.compiled.SpanOutput;
import dev.gatun.engine.compiled.Staging;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.graph.Bindings;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.qnn.QnnPower;
import dev.gatun.qnnbackend.lower.Sink;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs of a compiled graph. With a state, tokens of one sequence run at a time, in blocks; keys and
 * values lie in memory of the session.
 */
final class QnnSession implements ExecutableSession {
  private final QnnExecutable executable;
  private final Graph graph;
  private final SessionOptions options;
  private final SessionBuffers buffers;
  private final FeedWriter writer;
  private final Optional<StateRows> states;
  private final Map<Variant, VariantRun> runs = new HashMap<>();
  private final Map<Integer, Shape> shapes = new HashMap<>();
  private final Span span = new Span();
  private final Staging staging = new Staging();
  private final Optional<QnnPower> power;
  private boolean closed;

  QnnSession(QnnExecutable executable, SessionOptions options) {
    this.executable = executable;
    this.options = options;
    graph = executable.graph();
    power = power(executable.target());
    buffers =
        new SessionBuffers(
            executable.target().info().id(), graph, results(), options, executable.profiles());
    writer = new FeedWriter(graph, buffers);
    states =
        graph.states().isEmpty()
            ? Optional.empty()
            : Optional.of(new StateRows(graph, executable.target().settings().floats(), options));
  }

  /** The clocks that the user asked for; only the NPU's library has a say in them. */
  private static Optional<QnnPower> power(Target target) {
    if (target.info().kind() != DeviceInfo.Kind.NPU) {
      return Optional.empty();
    }
    try {
      return target.settings().power().map(target.qnn().backend()::newPower);
    } catch (NativeCallException e) {
      throw new BackendException(
          "%s=%s: %s; leave it out"
              .formatted(
                  QnnSettings.POWER,
                  target.settings().power().orElseThrow().name().toLowerCase(Locale.ROOT),
                  e.getMessage()),
          e);
    }
  }

  private List<Value> results() {
    List<Value> results = new ArrayList<>(graph.outputs());
    for (Node node : graph.nodes()) {
      node.outputs().stream()
          .filter(value -> executable.options().observe().contains(value.name()))
          .forEach(results::add);
    }
    return results;
  }

  @Override
  public Buffer buffer(Value value) {
    checkOpen();
    return buffers.get(value);
  }

  @Override
  public void bind(Value value, Buffer buffer) {
    checkOpen();
    buffers.bind(value, buffer);
  }

  @Override
  public Shape shape(Value value) {
    checkOpen();
    buffers.requireKnown(value);
    Shape shape = shapes.get(value.id());
    if (shape == null) {
      throw new BackendException("'" + value + "' has no shape: nothing has run");
    }
    return shape;
  }

  @Override
  public Fence submit(Batch batch) {
    checkOpen();
    if (batch.size() > options.batch() || batch.rowCount() > options.rows()) {
      throw new BackendException(
          "%d tokens and %d rows, the session was opened for %d and %d"
              .formatted(batch.size(), batch.rowCount(), options.batch(), options.rows()));
    }
    Bindings sizes = BatchSizes.of(graph, batch);
    try {
      if (states.isPresent()) {
        submit(batch, sizes, states.get());
      } else {
        span.all(batch);
        VariantRun run = run(executable.variant(sizes, 0));
        run.execute(writer, new FeedWriter.Run(batch, span, sizes, 0), null, null);
        take(run, batch, sizes);
      }
      return Fence.DONE;
    } catch (NativeCallException e) {
      throw new BackendException(
          "%s does not run %s: %s"
              .formatted(executable.target().info().id(), graph.name(), e.getMessage()),
          e);
    }
  }

  private void submit(Batch batch, Bindings sizes, StateRows state) {
    state.sequences().check(batch);
    for (int sequence : Sequences.inOrder(batch)) {
      boolean done = false;
      try {
        int skipped = 0;
        for (span.of(batch, sequence, 0, executable.block());
            span.size() > 0;
            span.of(batch, sequence, skipped, executable.block())) {
          block(batch, BatchSizes.part(sizes, span), state, sequence);
          skipped += span.size();
          state.sequences().advance(sequence, span.size());
        }
        done = true;
      } finally {
        if (!done) {
          state.sequences().breakOff(sequence);
        }
      }
    }
  }

  /** Runs the span, whose tokens are of one sequence. */
  private void block(Batch batch, Bindings sizes, StateRows state, int sequence) {
    int past = state.sequences().length(sequence);
    int capacity = state.capacity(past);
    RowCache rows = state.rows(sequence, capacity, span.size());
    VariantRun run = run(executable.variant(sizes, capacity));
    run.execute(writer, new FeedWriter.Run(batch, span, sizes, past), state, rows);
    take(run, batch, sizes);
    List<Sink> sinks = run.variant().lowered().sinks();
    for (int i = 0; i < sinks.size(); i++) {
      if (sinks.get(i) instanceof Sink.News news) {
        MemorySegment target =
            rows.rows(state.place(news.state(), news.keys()), past, past + span.size());
        target.copyFrom(run.output(i).asSlice(0, target.byteSize()));
      }
    }
  }

  private VariantRun run(Variant variant) {
    return runs.computeIfAbsent(
        variant, absent -> new VariantRun(absent, executable.target().memory(), cycles(absent)));
  }

  private Optional<NodeCycles> cycles(Variant variant) {
    Target target = executable.target();
    return executable.options().profile()
        ? Optional.of(new NodeCycles(target.qnn().backend(), variant.lowered(), target.info().id()))
        : Optional.empty();
  }

  private void take(VariantRun run, Batch batch, Bindings sizes) {
    List<Sink> sinks = run.variant().lowered().sinks();
    for (int i = 0; i < sinks.size(); i++) {
      if (sinks.get(i) instanceof Sink.Output output) {
        Value value = output.value();
        Shape own = sizes.shape(value.type());
        MemorySegment data = staging.room(value.type().dtype().byteSize(own.elements()));
        ElementCopy.out(
            output.tensor().elements(), run.output(i), value.type().dtype(), data, own.elements());
        shapes.put(value.id(), SpanOutput.put(value, own, data, batch, span, buffers.get(value)));
      }
    }
  }

  private StateRows states() {
    checkOpen();
    return states.orElseThrow(
        () -> new BackendException(graph.name() + " keeps no state: it has no sequences"));
  }

  @Override
  public void openSequence(int sequence) {
    states().open(sequence);
  }

  @Override
  public void closeSequence(int sequence) {
    states().close(sequence);
  }

  @Override
  public void truncate(int sequence, int positions) {
    states().sequences().truncate(sequence, positions);
  }

  @Override
  public void fork(int source, int target) {
    states().fork(source, target);
  }

  @Override
  public void save(int sequence, OutputStream out) throws IOException {
    states().save(sequence, out);
  }

  @Override
  public void restore(int sequence, InputStream in) throws IOException {
    states().restore(sequence, in);
  }

  @Override
  public List<NodeTiming> timings() {
    Map<String, NodeTiming> sums = new LinkedHashMap<>();
    runs.values().stream()
        .flatMap(run -> run.timings().stream())
        .forEach(timing -> sums.merge(timing.node(), timing, QnnSession::sum));
    return List.copyOf(sums.values());
  }

  private static NodeTiming sum(NodeTiming a, NodeTiming b) {
    return new NodeTiming(
        a.node(), a.unit(), a.runs() + b.runs(), a.nanoseconds() + b.nanoseconds());
  }

  private void checkOpen() {
    if (closed) {
      throw new BackendException(graph.name() + ": the session is closed");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    runs.values().forEach(VariantRun::close);
    states.ifPresent(StateRows::close);
    power.ifPresent(QnnPower::close);
    writer.close();
    staging.close();
    buffers.close();
    executable.release();
  }
}
