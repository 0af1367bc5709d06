package dev.gatun.runtime.session;

import dev.gatun.graph.Value;
import dev.gatun.runtime.plan.NodeEvent;
import dev.gatun.runtime.plan.NodeProfile;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One running instance of a {@link CompiledPlan}: buffers, and the state of its sequences. The same
 * for every device: a batch larger than the executables take is cut into parts here (when the graph
 * keeps its context in states), what is smaller is padded by the executable where its shapes are
 * fixed.
 *
 * <p>Belongs to one thread at a time; using it from a second one meanwhile throws {@link
 * IllegalStateException}. Only {@link #cancel} may be called from anywhere. With one slice and a
 * batch that needs no cutting, {@link #submit} allocates nothing.
 *
 * <p>Sequences are numbers from 0 to {@code options().sequences() - 1}. What the state cannot do
 * ({@link #state}) throws {@link dev.gatun.runtime.spi.BackendException}. When a submission fails,
 * its sequences can only be closed.
 */
public final class Session implements AutoCloseable {
  private final CompiledPlan plan;
  private final SessionOptions options;
  private final Limits limits;
  private final Pipe pipe;
  private final Outputs outputs = new Outputs();
  private final Map<String, RowOutput> byName = new LinkedHashMap<>();
  private final SequenceTable sequences;
  private final SequenceState sequenceState;
  private final Chunks chunks;
  private final boolean stateful;
  private final RowOutput first;
  private final boolean needSizes;
  private final boolean needDone;
  private final AtomicReference<Thread> user = new AtomicReference<>();
  private final SubmissionFence fence = new SubmissionFence();
  private volatile boolean cancelled;
  private boolean closed;
  private long tokens;

  Session(CompiledPlan plan, SessionOptions options) {
    this.plan = plan;
    this.options = options;
    limits = Limits.of(plan.plan().request(), options);
    chunks = new Chunks(limits);
    stateful = !plan.plan().request().graph().states().isEmpty();
    sequences = new SequenceTable(options.sequences(), options.positions());
    pipe = new Pipe(plan.plan(), plan.executables(), options);
    sequenceState = new SequenceState(pipe, plan.state(), plan.plan());
    for (Value value : plan.plan().request().graph().outputs()) {
      addOutput(value);
    }
    for (String observed : plan.options().observe()) {
      plan.plan().request().graph().nodes().stream()
          .flatMap(node -> node.outputs().stream())
          .filter(value -> value.name().equals(observed) && !byName.containsKey(observed))
          .findFirst()
          .ifPresent(this::addOutput);
    }
    first = byName.values().iterator().next();
    needSizes = outputs.needSizes();
    needDone = outputs.needDone();
  }

  private void addOutput(Value value) {
    for (int i = 0; i < pipe.size(); i++) {
      for (var node : pipe.graph(i).nodes()) {
        for (Value made : node.outputs()) {
          if (made.name().equals(value.name())) {
            RowOutput output =
                outputs.add(plan.plan().request().graph(), value, made, pipe.session(i));
            byName.put(value.name(), output);
            return;
          }
        }
      }
    }
  }

  public SessionOptions options() {
    return options;
  }

  /** What can be done with sequences: what every slice can. */
  public StateCapabilities state() {
    return plan.state();
  }

  /**
   * Runs a batch. Tokens continue their sequences, which are open; tensors fit the graph's inputs.
   *
   * @return done when the outputs can be read; valid until the next submission
   * @throws IllegalArgumentException when the batch does not fit, before anything has run
   * @throws dev.gatun.tensor.GatunException when the context is full, before anything has run
   * @throws dev.gatun.runtime.spi.BackendException when a device failed
   * @throws CancellationException after {@link #cancel}; parts that ran are stored, as {@link
   *     #positions} says
   */
  public Fence submit(Batch batch) {
    enter();
    try {
      checkCancelled();
      check(batch);
      boolean whole = batch.size() <= limits.tokens() && batch.rowCount() <= limits.rows();
      return whole ? runWhole(batch) : runParts(batch);
    } finally {
      exit();
    }
  }

  /** {@link #submit}, and waits. */
  public void run(Batch batch) {
    submit(batch).await();
  }

  private void check(Batch batch) {
    if (batch.rowCount() > options.rows()) {
      throw new IllegalArgumentException(
          "%d rows wanted, the session was opened for %d"
              .formatted(batch.rowCount(), options.rows()));
    }
    if (stateful) {
      sequences.check(batch);
    }
    if (!batch.tensors().isEmpty()) {
      BatchSizes.checkTensors(plan.plan().request().graph(), batch, new HashMap<>());
    }
  }

  private Fence runWhole(Batch batch) {
    try {
      fence.running(batch, pipe.run(batch));
      if (needDone) {
        fence.await();
      }
    } catch (RuntimeException e) {
      broken(batch);
      throw e;
    }
    outputs.showWhole(batch, needSizes ? pipe.sizes(batch) : Map.of());
    count(batch);
    return fence;
  }

  private Fence runParts(Batch batch) {
    if (!limits.splittable() || !batch.tensors().isEmpty()) {
      throw new IllegalArgumentException(
          "%d tokens and %d rows are more than the plan's largest profile and the session take (%d and %d), and this graph cannot run in parts"
              .formatted(batch.size(), batch.rowCount(), limits.tokens(), limits.rows()));
    }
    outputs.startParts();
    chunks.start(batch);
    while (chunks.next()) {
      checkCancelled();
      try {
        pipe.run(chunks.chunk()).await();
        outputs.append(chunks.chunk());
      } catch (RuntimeException e) {
        broken(batch);
        throw e;
      }
      count(chunks.chunk());
    }
    return Fence.DONE;
  }

  private void count(Batch batch) {
    plan.ran(pipe, batch);
    tokens += batch.size();
    if (stateful) {
      sequences.advance(batch);
    }
  }

  private void broken(Batch batch) {
    if (stateful) {
      sequences.markBroken(batch);
    }
  }

  /**
   * The output with this name, or a value that the plan was compiled to observe.
   *
   * @throws IllegalArgumentException when there is none
   */
  public RowOutput output(String name) {
    RowOutput output = byName.get(name);
    if (output == null) {
      throw new IllegalArgumentException(
          "no output or observed value '" + name + "', only " + byName.keySet());
    }
    return output;
  }

  /**
   * The whole output or observed value of the last submission, whatever its dtype and rank: a view,
   * valid until the next submission.
   *
   * @throws IllegalArgumentException when there is none of this name
   */
  public Tensor tensor(String name) {
    return output(name).tensor();
  }

  /** The graph's first output: the logits of a language model. */
  public RowOutput output() {
    return first;
  }

  /** Opens a sequence with no positions. */
  public void openSequence(int sequence) {
    enter();
    try {
      requireState();
      sequences.open(sequence, 0);
      sequenceState.open(sequence);
    } finally {
      exit();
    }
  }

  /** Forgets a sequence. */
  public void closeSequence(int sequence) {
    enter();
    try {
      requireState();
      sequences.close(sequence);
      sequenceState.close(sequence);
    } finally {
      exit();
    }
  }

  public boolean isOpen(int sequence) {
    return sequences.isOpen(sequence);
  }

  /** Positions that an open sequence has stored: where its next token goes. */
  public int positions(int sequence) {
    return sequences.positions(sequence);
  }

  /** Keeps only the first {@code positions} positions. */
  public void truncate(int sequence, int positions) {
    enter();
    try {
      requireState();
      if (positions == sequences.positions(sequence)) {
        return;
      }
      sequenceState.requireTruncate();
      sequences.truncate(sequence, positions);
      sequenceState.truncate(sequence, positions);
    } finally {
      exit();
    }
  }

  /** Makes {@code target}, which is not open, a copy of {@code source}. */
  public void fork(int source, int target) {
    enter();
    try {
      requireState();
      sequenceState.requireFork();
      sequences.open(target, sequences.positions(source));
      sequenceState.fork(source, target);
    } finally {
      exit();
    }
  }

  /** Writes a sequence's state, with the plan's fingerprint and a checksum. */
  public void save(int sequence, OutputStream out) throws IOException {
    enter();
    try {
      requireState();
      sequenceState.save(sequence, sequences.positions(sequence), out);
    } finally {
      exit();
    }
  }

  /**
   * Opens {@code sequence} with a state that {@link #save} wrote under the same plan.
   *
   * @throws IOException when the data are damaged or of another plan; the sequence stays closed
   */
  public void restore(int sequence, InputStream in) throws IOException {
    enter();
    try {
      requireState();
      if (sequences.isOpen(sequence)) {
        throw new IllegalStateException("sequence " + sequence + " is open already");
      }
      int room = options.positions() - sequences.total();
      sequences.open(sequence, sequenceState.restore(sequence, room, in));
    } finally {
      exit();
    }
  }

  /**
   * Ends the submission in progress between two of its parts, or the next one at its start, with a
   * {@link CancellationException}. May be called from any thread.
   */
  public void cancel() {
    cancelled = true;
  }

  private void checkCancelled() {
    if (cancelled) {
      cancelled = false;
      throw new CancellationException("the session was cancelled");
    }
  }

  /** Time per node since the session opened; empty unless compiled with profiling. */
  public List<NodeProfile> profile() {
    enter();
    try {
      return plan.profileOf(pipe, tokens);
    } finally {
      exit();
    }
  }

  /**
   * What ran when in the last submission, in no order; empty unless compiled with profiling. A
   * device that tells durations only is not in it.
   */
  public List<NodeEvent> timeline() {
    enter();
    try {
      return plan.timelineOf(pipe);
    } finally {
      exit();
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    takeOwnership();
    try {
      if (!closed) {
        closed = true;
        plan.closing(this, pipe, tokens);
        outputs.close();
        pipe.close();
      }
    } finally {
      exit();
    }
  }

  private void requireState() {
    if (!stateful) {
      throw new IllegalStateException("this graph keeps no state: it has no sequences");
    }
  }

  private void enter() {
    takeOwnership();
    if (closed) {
      exit();
      throw new IllegalStateException("the session is closed");
    }
  }

  private void takeOwnership() {
    if (!user.compareAndSet(null, Thread.currentThread())) {
      throw new IllegalStateException(
          "the session is in use by another call; it belongs to one thread at a time");
    }
  }

  private void exit() {
    user.set(null);
  }

  /** A device's fence; when it fails, the batch's sequences are unusable. */
  private final class SubmissionFence implements Fence {
    private Batch batch;
    private Fence device = Fence.DONE;

    void running(Batch submitted, Fence submission) {
      batch = submitted;
      device = submission;
    }

    @Override
    public void await() {
      try {
        device.await();
      } catch (RuntimeException e) {
        broken(batch);
        throw e;
      }
    }

    @Override
    public boolean isDone() {
      return device.isDone();
    }
  }
}
