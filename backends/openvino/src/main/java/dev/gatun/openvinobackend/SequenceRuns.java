package dev.gatun.openvinobackend;

import dev.gatun.engine.compiled.RowCache;
import dev.gatun.engine.compiled.RowCacheFile;
import dev.gatun.engine.compiled.Sequences;
import dev.gatun.openvino.ElementType;
import dev.gatun.openvino.InferRequest;
import dev.gatun.openvino.NativeTensor;
import dev.gatun.openvino.OpenVino;
import dev.gatun.openvinobackend.lower.LoweredModel;
import dev.gatun.openvinobackend.lower.StateMode;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The sequences of a session, either way: each has a request whose state it is, or a cache that one
 * request takes as inputs and writes behind. Where a model of its own computes blocks, a sequence
 * begins the second way, and its cache goes into a request with the first few tokens that come.
 */
final class SequenceRuns implements AutoCloseable {
  /** Tokens of a submission from which on it is a block. */
  static final int BLOCK = 16;

  private final OpenVinoExecutable executable;
  private final Variant variant;
  private final OpenVino library;
  private final Sequences sequences;
  private final boolean inRequest;
  private final Map<Integer, InferRequest> requests = new TreeMap<>();
  private final Map<Integer, RowCache> caches = new TreeMap<>();
  private Optional<InferRequest> shared = Optional.empty();
  private final Arena memory = Arena.ofShared();
  private final List<NativeTensor> continued = new ArrayList<>();

  SequenceRuns(OpenVinoExecutable executable, Variant variant, SessionOptions options) {
    this.executable = executable;
    this.variant = variant;
    library = executable.target().core().library();
    sequences = new Sequences(options);
    inRequest = executable.mode() == StateMode.REQUEST;
    if (variant.beam()) {
      continued.add(library.tensor(ElementType.I32, new long[] {1}, memory.allocate(4, 64)));
      for (int i = 0; i < variant.caches().size(); i++) {
        continued.add(tensor(i, 0, memory.allocate(64, 64)));
      }
    }
  }

  Sequences sequences() {
    return sequences;
  }

  /** Runs a request of a model with tensors that follow the graph's own inputs and outputs. */
  interface Runner {
    void run(
        Variant variant,
        InferRequest request,
        List<NativeTensor> inputs,
        List<NativeTensor> outputs);
  }

  /** Runs so many tokens of a sequence, and counts them. */
  void run(int sequence, int tokens, Runner runner) {
    if (!inRequest) {
      runCached(variant, sequence, tokens, runner);
    } else if (requests.containsKey(sequence)) {
      runner.run(variant, requests.get(sequence), continued, List.of());
    } else if (executable.hasBlocks() && tokens >= BLOCK) {
      runCached(executable.blocks(), sequence, tokens, runner);
    } else {
      runFirst(sequence, runner);
    }
    sequences.advance(sequence, tokens);
  }

  /** The first run of a sequence's request: what was computed before goes in with it. */
  private void runFirst(int sequence, Runner runner) {
    InferRequest request = variant.compiled().newRequest();
    requests.put(sequence, request);
    RowCache cache = caches.remove(sequence);
    List<NativeTensor> inputs = new ArrayList<>(continued.subList(0, 1));
    try (cache) {
      int past = sequences.length(sequence);
      for (int i = 0; i < variant.caches().size(); i++) {
        inputs.add(past == 0 ? continued.get(1 + i) : tensor(i, past, cache.rows(i, 0, past)));
      }
      runner.run(variant, request, inputs, List.of());
    } finally {
      inputs.stream().filter(each -> !continued.contains(each)).forEach(NativeTensor::close);
    }
  }

  private void runCached(Variant model, int sequence, int tokens, Runner runner) {
    RowCache cache = caches.get(sequence);
    int past = sequences.length(sequence);
    cache.reserve(past + tokens, past);
    List<NativeTensor> inputs = new ArrayList<>();
    List<NativeTensor> outputs = new ArrayList<>();
    try {
      for (int i = 0; i < variant.caches().size(); i++) {
        inputs.add(tensor(i, past, cache.rows(i, 0, past)));
        outputs.add(tensor(i, tokens, cache.rows(i, past, past + tokens)));
      }
      if (shared.isEmpty()) {
        shared = Optional.of(model.compiled().newRequest());
      }
      runner.run(model, shared.get(), inputs, outputs);
    } finally {
      inputs.forEach(NativeTensor::close);
      outputs.forEach(NativeTensor::close);
    }
  }

  private NativeTensor tensor(int index, int positions, MemorySegment rows) {
    LoweredModel.Cache cache = variant.caches().get(index);
    return library.tensor(
        cache.half() ? ElementType.F16 : ElementType.F32,
        new long[] {1, positions, cache.heads(), cache.dim()},
        rows);
  }

  void open(int sequence) {
    sequences.open(sequence, 0);
    caches.put(sequence, newCache());
  }

  void close(int sequence) {
    sequences.close(sequence);
    Optional.ofNullable(requests.remove(sequence)).ifPresent(InferRequest::close);
    Optional.ofNullable(caches.remove(sequence)).ifPresent(RowCache::close);
  }

  void truncate(int sequence, int positions) {
    requireReachable("truncated");
    sequences.truncate(sequence, positions);
  }

  void fork(int source, int target) {
    requireReachable("copied");
    int positions = sequences.length(source);
    sequences.open(target, positions);
    RowCache copy = newCache();
    copy.reserve(positions, 0);
    for (int i = 0; positions > 0 && i < variant.caches().size(); i++) {
      copy.rows(i, 0, positions).copyFrom(caches.get(source).rows(i, 0, positions));
    }
    caches.put(target, copy);
  }

  void save(int sequence, OutputStream out) throws IOException {
    requireReachable("saved");
    int positions = sequences.length(sequence);
    file().save(caches.get(sequence), positions, out);
  }

  void restore(int sequence, InputStream in) throws IOException {
    requireReachable("restored");
    sequences.requireFree(sequence);
    RowCache cache = newCache();
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

  private RowCache newCache() {
    return new RowCache(
        variant.caches().stream().mapToLong(LoweredModel.Cache::positionBytes).toArray());
  }

  private RowCacheFile file() {
    return new RowCacheFile(executable.graph(), "openvino", variant.caches().size());
  }

  private void requireReachable(String what) {
    if (inRequest) {
      throw new BackendException(
          "a sequence inside an infer request cannot be %s; with %s=tensors it can"
              .formatted(what, OpenVinoSettings.STATE));
    }
  }

  @Override
  public void close() {
    requests.values().forEach(InferRequest::close);
    shared.ifPresent(InferRequest::close);
    caches.values().forEach(RowCache::close);
    continued.forEach(NativeTensor::close);
    memory.close();
  }
}
