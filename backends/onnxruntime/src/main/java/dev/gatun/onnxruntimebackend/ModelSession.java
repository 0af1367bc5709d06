package dev.gatun.onnxruntimebackend;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.onnxruntime.OrtBinding;
import dev.gatun.onnxruntime.OrtEnvironment;
import dev.gatun.onnxruntime.OrtRunOptions;
import dev.gatun.onnxruntime.OrtTensor;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Buffers of a model's inputs and outputs, bound to the vendor's session. */
final class ModelSession implements ExecutableSession {
  private final ModelExecutable executable;
  private final SessionOptions options;
  private final OrtEnvironment environment;
  private final Sizes sizes = new Sizes();
  private final List<Slot> inputs = new ArrayList<>();
  private final List<Slot> outputs = new ArrayList<>();
  private final Map<String, Slot> byName = new HashMap<>();
  private final BatchInputs reader;
  private final SequenceStates states;
  private final SequenceSplit split;
  private final ModelRun run;
  private final OrtRunOptions runOptions;
  private OrtBinding binding;
  private boolean closed;

  ModelSession(ModelExecutable executable, SessionOptions options) {
    this.executable = executable;
    this.options = options;
    environment = executable.host().environment();
    Graph graph = executable.graph();
    String device = executable.device();
    graph.inputs().forEach(value -> inputs.add(slot(value, device)));
    for (Value value : executable.results()) {
      if (byName.containsKey(value.name())) {
        byName.get(value.name()).passedThrough = true;
      } else {
        outputs.add(slot(value, device));
      }
    }
    reader = new BatchInputs(inputs, sizes);
    boolean stateful = !executable.states().isEmpty();
    states =
        stateful ? new SequenceStates(executable.states(), environment, device, options) : null;
    split =
        stateful && options.sequences() > 1
            ? new SequenceSplit(inputs, outputs, device, options.batch(), options.sequences())
            : null;
    run = executable.newRun();
    runOptions = environment.runOptions();
    try {
      binding = run.session().newBinding(runOptions);
      inputs.forEach(slot -> slot.reserve(this::limit));
      outputs.forEach(slot -> slot.reserve(this::limit));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private Slot slot(Value value, String device) {
    return byName.computeIfAbsent(value.name(), name -> new Slot(value, sizes, device));
  }

  /** The largest size of an extent that profiles and options allow. */
  private long limit(Dim dim) {
    return switch (dim) {
      case Dim.Fixed(long size) -> size;
      case Dim.Symbol symbol -> {
        long profiles = 0;
        for (ShapeProfile profile : executable.profiles()) {
          ShapeProfile.Range range = profile.ranges().get(symbol.name());
          profiles = Math.max(profiles, range == null ? symbol.max() : range.max());
        }
        long most = executable.profiles().isEmpty() ? symbol.max() : profiles;
        yield switch (symbol.name()) {
          case Batch.TOKENS -> Math.min(most, options.batch());
          case Batch.ROWS -> Math.min(most, options.rows());
          default -> Math.min(most, symbol.max());
        };
      }
      case Dim.Affine affine -> {
        long sum = affine.constant();
        for (Dim.Term term : affine.terms()) {
          long bound = term.factor() < 0 ? term.symbol().min() : limit(term.symbol());
          sum = Math.addExact(sum, Math.multiplyExact(term.factor(), bound));
        }
        yield Math.max(0, Math.floorDiv(sum, affine.divisor()));
      }
    };
  }

  private Slot slot(Value value) {
    Slot slot = byName.get(value.name());
    if (slot == null) {
      throw new BackendException(
          "'" + value.name() + "' is neither an input, an output nor an observed value");
    }
    return slot;
  }

  @Override
  public Buffer buffer(Value value) {
    return slot(value).buffer();
  }

  @Override
  public void bind(Value value, Buffer buffer) {
    slot(value).bind(buffer);
  }

  @Override
  public Shape shape(Value value) {
    return slot(value).shape();
  }

  @Override
  public Fence submit(Batch batch) {
    if (batch.size() > options.batch() || batch.rowCount() > options.rows()) {
      throw new BackendException(
          "%d tokens and %d rows, the session was opened for %d and %d"
              .formatted(batch.size(), batch.rowCount(), options.batch(), options.rows()));
    }
    try {
      if (states == null) {
        runOnce(batch);
      } else {
        runSequences(batch);
      }
    } catch (NativeCallException e) {
      throw new BackendException(executable.device() + ": " + e.getMessage(), e);
    }
    return Fence.DONE;
  }

  private void runSequences(Batch batch) {
    states.check(batch);
    if (batch.size() == 0) {
      throw new BackendException("a submission to a model with state has at least one token");
    }
    int only = SequenceSplit.only(batch);
    if (only >= 0) {
      runSequence(batch, only);
    } else {
      split.run(batch, sequence -> runSequence(split.part(), sequence));
    }
  }

  private void runSequence(Batch batch, int sequence) {
    states.reserve(sequence, states.positions(sequence) + batch.size());
    states.bind(sequence, binding);
    runOnce(batch);
    states.advance(sequence, batch.size());
  }

  private void runOnce(Batch batch) {
    reader.measure(batch);
    reader.bind(batch, environment, binding);
    boolean allKnown = bindOutputs();
    run.run(binding);
    if (!allKnown) {
      takeOutputs();
    }
  }

  /** Binds the outputs; whether all sizes are known before the run. */
  private boolean bindOutputs() {
    boolean allKnown = true;
    for (int i = 0; i < outputs.size(); i++) {
      Slot slot = outputs.get(i);
      if (slot.resolve(sizes)) {
        OrtTensor view = slot.view(environment, slot.memory());
        if (view != null) {
          binding.output(slot.value.name(), view);
        }
      } else {
        allKnown = false;
        slot.forget();
        binding.output(slot.value.name());
      }
    }
    return allKnown;
  }

  /** Copies what the library allocated because only the data told its size. */
  private void takeOutputs() {
    List<OrtTensor> results = binding.outputs();
    List<String> names = binding.outputNames();
    try {
      for (int i = 0; i < results.size(); i++) {
        OrtTensor result = results.get(i);
        for (Slot slot : outputs) {
          if (slot.value.name().equals(names.get(i)) && !slot.resolve(sizes)) {
            slot.take(result.dims());
            result.copyTo(slot.memory());
          }
        }
      }
    } finally {
      results.forEach(OrtTensor::close);
    }
  }

  private SequenceStates states() {
    if (states == null) {
      throw new BackendException(
          executable.graph().name() + " keeps no state: it has no sequences");
    }
    return states;
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
    new StateStream(states(), executable.identity()).save(sequence, out);
  }

  @Override
  public void restore(int sequence, InputStream in) throws IOException {
    new StateStream(states(), executable.identity()).restore(sequence, in);
  }

  @Override
  public List<NodeTiming> timings() {
    return run.timings();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (binding != null) {
      binding.close();
    }
    if (split != null) {
      split.close();
    }
    if (states != null) {
      states.close();
    }
    byName.values().forEach(Slot::close);
    runOptions.close();
    run.close();
    executable.release();
  }
}
