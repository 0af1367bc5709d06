package dev.gatun.openvinobackend;

import dev.gatun.engine.compiled.BatchSizes;
import dev.gatun.engine.compiled.IndexLimit;
import dev.gatun.engine.compiled.Sequences;
import dev.gatun.engine.compiled.SessionBuffers;
import dev.gatun.engine.compiled.Span;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.graph.Bindings;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.openvino.InferRequest;
import dev.gatun.openvino.NativeTensor;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests of a compiled model: one for a graph without state, else one for each sequence. */
final class OpenVinoSession implements ExecutableSession {
  private final OpenVinoExecutable executable;
  private final Graph graph;
  private final SessionOptions options;
  private final SessionBuffers buffers;
  private final Map<Integer, InputFeed> feeds = new HashMap<>();
  private final Map<Integer, OutputSink> sinks = new HashMap<>();
  private final Map<Variant, InferRequest> requests = new HashMap<>();
  private final Span span = new Span();
  private final Optional<SequenceRuns> states;
  private final Optional<Profiler> profiler;
  private final boolean asynchronous;
  private final Started started = new Started();
  private boolean closed;

  OpenVinoSession(OpenVinoExecutable executable, SessionOptions options) {
    this.executable = executable;
    this.options = options;
    graph = executable.graph();
    Variant any = executable.anyVariant();
    buffers =
        new SessionBuffers(
            executable.target().info().id(), graph, any.outputs(), options, executable.profiles());
    for (Value output : any.outputs()) {
      sinks.put(output.id(), new OutputSink(output, executable.target().core().library()));
    }
    profiler = executable.options().profile() ? Optional.of(new Profiler(graph)) : Optional.empty();
    asynchronous = executable.target().startsRuns();
    states =
        graph.states().isEmpty()
            ? Optional.empty()
            : Optional.of(new SequenceRuns(executable, any, options));
  }

  @Override
  public Buffer buffer(Value value) {
    checkOpen();
    return buffers.get(value);
  }

  @Override
  public void bind(Value value, Buffer buffer) {
    checkOpen();
    started.finish();
    buffers.bind(value, buffer);
  }

  @Override
  public Shape shape(Value value) {
    checkOpen();
    buffers.requireKnown(value);
    OutputSink sink = sinks.get(value.id());
    if (sink == null) {
      throw new BackendException("'" + value + "' is no output");
    }
    return sink.shape()
        .orElseThrow(() -> new BackendException("'" + value + "' has no shape: nothing has run"));
  }

  @Override
  public Fence submit(Batch batch) {
    checkOpen();
    started.finish();
    if (batch.size() > options.batch() || batch.rowCount() > options.rows()) {
      throw new BackendException(
          "%d tokens and %d rows, the session was opened for %d and %d"
              .formatted(batch.size(), batch.rowCount(), options.batch(), options.rows()));
    }
    Bindings sizes = BatchSizes.of(graph, batch);
    try {
      if (states.isEmpty()) {
        Variant variant = executable.variant(sizes.sizes());
        InferRequest request =
            requests.computeIfAbsent(variant, absent -> variant.compiled().newRequest());
        span.all(batch);
        if (asynchronous) {
          give(variant, request, batch, sizes, List.of(), List.of());
          return started.start(variant, request, batch);
        }
        run(variant, request, batch, sizes, List.of(), List.of());
        return Fence.DONE;
      }
      submit(batch, sizes, states.get());
      return Fence.DONE;
    } catch (NativeCallException e) {
      throw failed(e);
    }
  }

  private BackendException failed(NativeCallException e) {
    return new BackendException(
        "%s does not run %s: %s"
            .formatted(executable.target().info().id(), graph.name(), e.getMessage()),
        e);
  }

  private void submit(Batch batch, Bindings sizes, SequenceRuns runs) {
    runs.sequences().check(batch);
    for (int sequence : Sequences.inOrder(batch)) {
      span.of(batch, sequence);
      Bindings part = span.isWhole() ? sizes : BatchSizes.part(sizes, span);
      boolean done = false;
      try {
        runs.run(
            sequence,
            span.size(),
            (variant, request, inputs, outputs) ->
                run(variant, request, batch, part, inputs, outputs));
        done = true;
      } finally {
        if (!done) {
          runs.sequences().breakOff(sequence);
        }
      }
    }
  }

  /** Runs the span; further inputs and outputs follow those of the graph. */
  private void run(
      Variant variant,
      InferRequest request,
      Batch batch,
      Bindings sizes,
      List<NativeTensor> furtherInputs,
      List<NativeTensor> furtherOutputs) {
    give(variant, request, batch, sizes, furtherInputs, furtherOutputs);
    request.infer();
    take(variant, request, batch);
  }

  /** Gives a request the span's inputs, and memory for its outputs. */
  private void give(
      Variant variant,
      InferRequest request,
      Batch batch,
      Bindings sizes,
      List<NativeTensor> furtherInputs,
      List<NativeTensor> furtherOutputs) {
    int index = 0;
    for (Value input : variant.inputs()) {
      request.input(index++, feed(input).read(batch, span, sizes, buffers.get(input)));
    }
    for (NativeTensor tensor : furtherInputs) {
      request.input(index++, tensor);
    }
    for (int i = 0; i < variant.outputs().size(); i++) {
      Value output = variant.outputs().get(i);
      int place = variant.places().get(i);
      sinks
          .get(output.id())
          .target(span, sizes, buffers.get(output))
          .ifPresent(tensor -> request.output(place, tensor));
    }
    for (int i = 0; i < furtherOutputs.size(); i++) {
      request.output(variant.outputs().size() + i, furtherOutputs.get(i));
    }
  }

  /** What a run gave. */
  private void take(Variant variant, InferRequest request, Batch batch) {
    for (int i = 0; i < variant.outputs().size(); i++) {
      Value output = variant.outputs().get(i);
      OutputSink sink = sinks.get(output.id());
      if (sink.isCopied()) {
        sink.take(request, variant.places().get(i), batch, span, buffers.get(output));
      }
    }
    profiler.ifPresent(each -> each.add(request));
  }

  /** A run of a whole batch that OpenVINO does on threads of its own; done when none was begun. */
  private final class Started implements Fence {
    private Variant variant;
    private InferRequest request;
    private Batch batch;
    private BackendException failure;

    Fence start(Variant of, InferRequest begun, Batch submitted) {
      failure = null;
      begun.start();
      variant = of;
      request = begun;
      batch = submitted;
      return this;
    }

    /** Waits for the end, whatever it is. */
    void finish() {
      if (request == null) {
        return;
      }
      InferRequest ended = request;
      request = null;
      try {
        ended.await();
        take(variant, ended, batch);
      } catch (NativeCallException e) {
        failure = failed(e);
      } catch (BackendException e) {
        failure = e;
      }
    }

    @Override
    public void await() {
      finish();
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public boolean isDone() {
      try {
        if (request != null && !request.await(0)) {
          return false;
        }
        finish();
      } catch (NativeCallException e) {
        request = null;
        failure = failed(e);
      }
      return true;
    }
  }

  private InputFeed feed(Value input) {
    return feeds.computeIfAbsent(
        input.id(),
        absent ->
            new InputFeed(
                input, executable.target().core().library(), IndexLimit.of(graph, input)));
  }

  private SequenceRuns states() {
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
    states().truncate(sequence, positions);
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
    return profiler.map(Profiler::timings).orElse(List.of());
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
    started.finish();
    states.ifPresent(SequenceRuns::close);
    requests.values().forEach(InferRequest::close);
    feeds.values().forEach(InputFeed::close);
    sinks.values().forEach(OutputSink::close);
    buffers.close();
    executable.release();
  }
}
