package dev.gatun.onnxruntimebackend;

import dev.gatun.formats.onnx.lower.LoweredState;
import dev.gatun.onnxruntime.OrtBinding;
import dev.gatun.onnxruntime.OrtEnvironment;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.SessionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sequences of a session: for each open one its positions and its buffers, which the model gets
 * as inputs and outputs. Not thread-safe.
 */
final class SequenceStates implements AutoCloseable {
  private static final int LEAST_CAPACITY = 64;

  /** One open sequence. */
  private static final class Sequence {
    final List<Cache> caches = new ArrayList<>();
    int capacity;
    int positions;
  }

  private final List<LoweredState.Cache> layouts = new ArrayList<>();
  private final OrtEnvironment environment;
  private final String device;
  private final SessionOptions options;
  private final Sequence[] sequences;
  private final int[] counts;
  private int used;
  private int bound = -1;

  SequenceStates(
      List<LoweredState> states,
      OrtEnvironment environment,
      String device,
      SessionOptions options) {
    for (LoweredState state : states) {
      layouts.add(state.key());
      state.value().ifPresent(layouts::add);
    }
    this.environment = environment;
    this.device = device;
    this.options = options;
    sequences = new Sequence[options.sequences()];
    counts = new int[sequences.length];
  }

  List<LoweredState.Cache> layouts() {
    return layouts;
  }

  private Sequence sequence(int index) {
    if (index < 0 || index >= sequences.length || sequences[index] == null) {
      throw new BackendException("sequence " + index + " is not open");
    }
    return sequences[index];
  }

  int positions(int index) {
    return sequence(index).positions;
  }

  void open(int index) {
    if (index < 0 || index >= sequences.length) {
      throw new BackendException(
          "sequence %d lies outside 0..%d".formatted(index, sequences.length - 1));
    }
    if (sequences[index] != null) {
      throw new BackendException("sequence " + index + " is open already");
    }
    sequences[index] = new Sequence();
  }

  void close(int index) {
    Sequence sequence = sequence(index);
    used -= sequence.positions;
    sequence.caches.forEach(Cache::close);
    sequences[index] = null;
    unbind(index);
  }

  /** The buffers lie elsewhere: they are bound again before the next run. */
  private void unbind(int index) {
    if (bound == index) {
      bound = -1;
    }
  }

  void truncate(int index, int positions) {
    Sequence sequence = sequence(index);
    if (positions < 0 || positions > sequence.positions) {
      throw new BackendException(
          "sequence %d has %d positions, not %d".formatted(index, sequence.positions, positions));
    }
    used -= sequence.positions - positions;
    sequence.positions = positions;
  }

  void fork(int source, int target) {
    int positions = positions(source);
    requireRoom(positions);
    open(target);
    reserve(target, positions);
    Sequence from = sequence(source);
    Sequence to = sequence(target);
    for (int i = 0; i < to.caches.size(); i++) {
      to.caches.get(i).copyFrom(from.caches.get(i), positions);
    }
    advance(target, positions);
  }

  /** The buffers of a sequence, in the order of {@link #layouts}. */
  List<Cache> caches(int index) {
    return sequence(index).caches;
  }

  /**
   * Checks that a batch continues its sequences and fits.
   *
   * @throws BackendException naming what does not; nothing changes then
   */
  void check(Batch batch) {
    Arrays.fill(counts, 0);
    for (int i = 0; i < batch.size(); i++) {
      int index = batch.sequence(i);
      int expected = positions(index) + counts[index]++;
      if (batch.position(i) != expected) {
        throw new BackendException(
            "token %d has position %d, sequence %d continues at %d"
                .formatted(i, batch.position(i), index, expected));
      }
    }
    requireRoom(batch.size());
  }

  /** Positions that can still be stored. */
  int room() {
    return options.positions() - used;
  }

  void requireRoom(int positions) {
    if (positions > room()) {
      throw new BackendException(
          "%d more positions do not fit: %d of %d are used"
              .formatted(positions, used, options.positions()));
    }
  }

  /** Makes room for a sequence of so many positions. */
  void reserve(int index, int positions) {
    Sequence sequence = sequence(index);
    if (sequence.capacity >= positions && !sequence.caches.isEmpty()) {
      return;
    }
    // A single sequence gets all at once: growing copies.
    int wanted =
        sequences.length == 1
            ? options.positions()
            : Math.max(LEAST_CAPACITY, Math.max(positions, 2 * sequence.capacity));
    int capacity = Math.max(positions, Math.min(wanted, options.positions()));
    if (sequence.caches.isEmpty()) {
      for (LoweredState.Cache layout : layouts) {
        sequence.caches.add(new Cache(layout, environment, device, capacity));
      }
    } else {
      sequence.caches.forEach(cache -> cache.grow(capacity, sequence.positions));
    }
    sequence.capacity = capacity;
    unbind(index);
  }

  /** The model works on this sequence from now on. */
  void bind(int index, OrtBinding binding) {
    if (bound != index) {
      sequence(index).caches.forEach(cache -> cache.bind(binding));
      bound = index;
    }
  }

  /** So many positions more are stored. */
  void advance(int index, int positions) {
    sequence(index).positions += positions;
    used += positions;
  }

  @Override
  public void close() {
    for (int i = 0; i < sequences.length; i++) {
      if (sequences[i] != null) {
        close(i);
      }
    }
  }
}
