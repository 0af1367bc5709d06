package dev.gatun.runtime.spi;

import dev.gatun.graph.Value;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * One running instance of an {@link Executable}: buffers, and the state of its sequences. Used by
 * one thread at a time.
 *
 * <p>Sequences are small numbers chosen by the caller, from 0 to the session's limit. Each sequence
 * operation throws {@link BackendException} when {@link Executable#state()} does not offer it.
 */
public interface ExecutableSession extends AutoCloseable {
  /**
   * The buffer of an input, an output, or an observed value. Before {@link #bind} it is the
   * session's own. Its content after a submission is valid until the next one.
   *
   * @param value a value of the slice's graph
   */
  Buffer buffer(Value value);

  /**
   * The extents of an output or observed value in the last submission whose fence is done. Where
   * they depend on data, {@link #buffer} may give another buffer after each submission.
   *
   * @param value a value of the slice's graph
   * @throws BackendException when nothing has been submitted
   */
  Shape shape(Value value);

  /**
   * Uses another buffer for an input or output from the next submission on; it is borrowed. It must
   * hold the value at the sizes of each submission; host memory starts at a multiple of 64 bytes.
   * Bytes beyond the value are not touched.
   */
  void bind(Value value, Buffer buffer);

  /**
   * Runs the slice once. Inputs that {@link Batch} names are taken from it, the others from their
   * buffers; what the slice has no input for is ignored. In steady state this allocates nothing.
   *
   * <p>The batch is at most as large as the largest profile and the session's options; any smaller
   * one is taken, and a device of fixed shapes pads by itself, with no trace in outputs or state.
   * Outputs are dense and row-major for the sizes of the batch.
   *
   * @return done when the outputs can be read; valid until the next submission
   * @throws BackendException on a failure of the device
   */
  Fence submit(Batch batch);

  /** Opens a sequence with no positions. */
  void openSequence(int sequence);

  /** Forgets a sequence. */
  void closeSequence(int sequence);

  /** Keeps only the first {@code positions} positions. */
  void truncate(int sequence, int positions);

  /** Makes {@code target}, which is not open, a copy of {@code source}. */
  void fork(int source, int target);

  /** Writes a sequence's state. */
  void save(int sequence, OutputStream out) throws IOException;

  /**
   * Opens {@code sequence} with a state that {@link #save} wrote for the same model.
   *
   * @throws IOException when the data are damaged or of another model; the sequence stays closed
   */
  void restore(int sequence, InputStream in) throws IOException;

  /** Time per node since the session opened; empty unless compiled with profiling. */
  List<NodeTiming> timings();

  /**
   * What ran when in the last submission whose fence is done; empty unless compiled with profiling,
   * and on devices that tell durations only.
   */
  default List<TimelineEvent> timeline() {
    return List.of();
  }

  /** Idempotent. */
  @Override
  void close();

  /** One node's share of a session's time. */
  record NodeTiming(String node, String unit, long runs, long nanoseconds) {}

  /**
   * One piece of one node's work.
   *
   * @param worker which of the device's workers, from 0
   * @param start as {@link System#nanoTime} has it
   */
  record TimelineEvent(String node, String unit, int worker, long start, long nanoseconds) {}
}
