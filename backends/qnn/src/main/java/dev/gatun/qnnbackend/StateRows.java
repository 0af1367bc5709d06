package dev.gatun.qnnbackend;

import dev.gatun.engine.compiled.RowCache;
import dev.gatun.engine.compiled.RowCacheFile;
import dev.gatun.engine.compiled.Sequences;
import dev.gatun.graph.Graph;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.qnn.Elements;
import dev.gatun.runtime.spi.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The sequences of a session and their keys and values, in the elements that the graph takes. */
final class StateRows implements AutoCloseable {
  /** Stored positions that graphs are first compiled for; then four times as many, and so on. */
  private static final int FIRST_CAPACITY = 256;

  private static final int GROWTH = 4;

  private final Graph graph;
  private final Elements elements;
  private final SessionOptions options;
  private final Sequences sequences;
  private final long[] rowBytes;
  private final Map<String, Integer> places = new HashMap<>();
  private final Map<Integer, RowCache> caches = new TreeMap<>();

  StateRows(Graph graph, Elements elements, SessionOptions options) {
    this.graph = graph;
    this.elements = elements;
    this.options = options;
    sequences = new Sequences(options);
    List<Long> rows = new ArrayList<>();
    for (State state : graph.states()) {
      StateSpec spec = state.spec();
      places.put(key(state, true), rows.size());
      rows.add((long) spec.kvHeads() * spec.keyDim() * elements.bytes());
      if (spec.valueDim() > 0) {
        places.put(key(state, false), rows.size());
        rows.add((long) spec.kvHeads() * spec.valueDim() * elements.bytes());
      }
    }
    rowBytes = rows.stream().mapToLong(Long::longValue).toArray();
  }

  private static String key(State state, boolean keys) {
    return (keys ? "k " : "v ") + state.name();
  }

  Sequences sequences() {
    return sequences;
  }

  /** Index of a state's keys, or values, in a cache. */
  int place(State state, boolean keys) {
    return places.get(key(state, keys));
  }

  /** The stored positions that a graph must take for so many: a multiple of few sizes. */
  int capacity(int positions) {
    int capacity = FIRST_CAPACITY;
    while (capacity < positions) {
      capacity = Math.multiplyExact(capacity, GROWTH);
    }
    return Math.min(capacity, Math.max(1, options.positions()));
  }

  /** The sequence's rows, with room for {@code capacity} and for what a run adds. */
  RowCache rows(int sequence, int capacity, int added) {
    RowCache cache = caches.get(sequence);
    int past = sequences.length(sequence);
    cache.reserve(Math.max(capacity, past + added), past);
    return cache;
  }

  void open(int sequence) {
    sequences.open(sequence, 0);
    caches.put(sequence, new RowCache(rowBytes));
  }

  void close(int sequence) {
    sequences.close(sequence);
    caches.remove(sequence).close();
  }

  void fork(int source, int target) {
    int positions = sequences.length(source);
    sequences.open(target, positions);
    RowCache copy = new RowCache(rowBytes);
    copy.reserve(positions, 0);
    for (int i = 0; positions > 0 && i < rowBytes.length; i++) {
      copy.rows(i, 0, positions).copyFrom(caches.get(source).rows(i, 0, positions));
    }
    caches.put(target, copy);
  }

  void save(int sequence, OutputStream out) throws IOException {
    file().save(caches.get(sequence), sequences.length(sequence), out);
  }

  void restore(int sequence, InputStream in) throws IOException {
    sequences.requireFree(sequence);
    RowCache cache = new RowCache(rowBytes);
    boolean done = false;
    try {
      int positions = file().restore(cache, sequences::requireRoom, in);
      sequences.open(sequence, positions);
      caches.put(sequence, cache);
      done = true;
    } finally {
      if (!done) {
        cache.close();
      }
    }
  }

  private RowCacheFile file() {
    return new RowCacheFile(graph, "qnn " + elements, rowBytes.length);
  }

  @Override
  public void close() {
    caches.values().forEach(RowCache::close);
  }
}
