package dev.gatun.graph.reference;

import dev.gatun.graph.GraphException;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.op.ReferenceState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keys and values of all sequences of a graph's states, in double precision. Not thread-safe.
 *
 * <p>Sequences come into being with their first position. Stored arrays are never changed, so that
 * copies of a sequence share them.
 */
public final class ReferenceStates {
  private final TreeMap<String, Store> stores = new TreeMap<>();

  /** Empty states. */
  public ReferenceStates(List<State> states) {
    states.forEach(state -> stores.put(state.name(), new Store(state.spec())));
  }

  /**
   * The state with this name.
   *
   * @throws GraphException when there is none
   */
  public ReferenceState state(String name) {
    Store store = stores.get(name);
    if (store == null) {
      throw new GraphException("no state '" + name + "', only " + stores.keySet());
    }
    return store;
  }

  /** Forgets a sequence. */
  public void remove(int sequence) {
    stores.values().forEach(store -> store.sequences.remove(sequence));
  }

  /** Keeps only the first {@code positions} positions of a sequence. */
  public void truncate(int sequence, int positions) {
    stores.values().forEach(store -> store.sequence(sequence).truncate(positions));
  }

  /** Makes {@code target} a copy of {@code source}, replacing what it held. */
  public void copy(int source, int target) {
    for (Store store : stores.values()) {
      store.sequences.put(target, store.sequence(source).copy());
    }
  }

  /**
   * Writes the first {@code positions} positions of a sequence, which must all be there; {@link
   * #read} reads them back.
   */
  public void write(int sequence, int positions, DataOutput out) throws IOException {
    for (Store store : stores.values()) {
      Sequence stored = store.sequence(sequence);
      for (int p = 0; p < positions; p++) {
        write(stored.keys.get(p), out);
        write(stored.values.get(p), out);
      }
    }
  }

  /** Replaces a sequence by what {@link #write} wrote for a graph with the same states. */
  public void read(int sequence, int positions, DataInput in) throws IOException {
    for (Store store : stores.values()) {
      Sequence read = new Sequence();
      for (int p = 0; p < positions; p++) {
        read.keys.add(read(store.keyWidth(), in));
        read.values.add(read(store.valueWidth(), in));
      }
      store.sequences.put(sequence, read);
    }
  }

  private static void write(double[] values, DataOutput out) throws IOException {
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  private static double[] read(int count, DataInput in) throws IOException {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.readDouble();
    }
    return values;
  }

  /** One sequence's keys and values by position; null where nothing is stored. */
  private static final class Sequence {
    private final List<double[]> keys = new ArrayList<>();
    private final List<double[]> values = new ArrayList<>();

    void put(int position, double[] key, double[] value) {
      while (keys.size() <= position) {
        keys.add(null);
        values.add(null);
      }
      keys.set(position, key);
      values.set(position, value);
    }

    void truncate(int positions) {
      if (keys.size() > positions) {
        keys.subList(positions, keys.size()).clear();
        values.subList(positions, values.size()).clear();
      }
    }

    Sequence copy() {
      Sequence copy = new Sequence();
      copy.keys.addAll(keys);
      copy.values.addAll(values);
      return copy;
    }
  }

  private static final class Store implements ReferenceState {
    private final StateSpec spec;
    private final Map<Integer, Sequence> sequences = new TreeMap<>();

    Store(StateSpec spec) {
      this.spec = spec;
    }

    int keyWidth() {
      return spec.kvHeads() * spec.keyDim();
    }

    int valueWidth() {
      return spec.kvHeads() * spec.valueDim();
    }

    Sequence sequence(int sequence) {
      return sequences.computeIfAbsent(sequence, number -> new Sequence());
    }

    @Override
    public void put(int sequence, int position, double[] key, double[] value) {
      if (position < 0 || key.length != keyWidth() || value.length != valueWidth()) {
        throw new GraphException(
            "position %d, key of %d and value of %d do not fit %s"
                .formatted(position, key.length, value.length, spec));
      }
      sequence(sequence).put(position, key, value);
    }

    @Override
    public double[] key(int sequence, int position) {
      return at(sequence(sequence).keys, position);
    }

    @Override
    public double[] value(int sequence, int position) {
      return at(sequence(sequence).values, position);
    }

    private static double[] at(List<double[]> stored, int position) {
      return position < stored.size() ? stored.get(position) : null;
    }
  }
}
