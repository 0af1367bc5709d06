package dev.gatun.cpuengine;

import dev.gatun.cpuengine.compile.ArenaPlan;
import dev.gatun.cpuengine.compile.Program;
import dev.gatun.cpuengine.compile.Storage;
import dev.gatun.cpuengine.state.BatchIndex;
import dev.gatun.cpuengine.state.KeyValueCache;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Step.SizeBound;
import dev.gatun.graph.Value;
import dev.gatun.os.HugePages;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.HostBuffer;
import dev.gatun.runtime.spi.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** One running instance of a program: memory, cache, and the loop that runs it. */
final class CpuSession implements ExecutableSession {
  private final CpuExecutable executable;
  private final Program program;
  private final SessionSizes sizes;
  private final Arena arena = Arena.ofShared();
  private final long reserved;
  private final Frame frame;
  private final long[] symbolSizes;
  private final long[] extentSizes;
  private final BatchIndex[] batches;
  private final KeyValueCache cache;
  private final BatchReader reader;
  private final Runner runner;
  private final Map<Integer, Storage> bufferStorage = new HashMap<>();
  private final Map<Integer, Buffer> buffers = new HashMap<>();
  private final Map<Integer, HostBuffer> owned = new HashMap<>();
  private final List<Storage> bound = new ArrayList<>();
  private final SizeBound current;
  private boolean closed;

  CpuSession(CpuExecutable executable, SessionOptions options) {
    this.executable = executable;
    program = executable.program;
    sizes = new SessionSizes(program.extents(), executable.profiles, options);
    symbolSizes = program.extents().unknown();
    extentSizes = new long[program.extents().count()];
    batches = batches();
    cache =
        program.cache().isEmpty()
            ? null
            : new KeyValueCache(program.cache(), options.sequences(), options.positions());
    int threads = executable.team.threads();
    ArenaPlan plan = program.plan(sizes);
    long stride = (program.scratchBytes(sizes) + 63) / 64 * 64;
    reserved = plan.size() + stride * threads;
    executable.account.reserve(reserved, "activations");
    MemorySegment activations = HugePages.allocate(Math.max(plan.size(), 64), arena);
    MemorySegment scratch = HugePages.allocate(Math.max(stride * threads, 64), arena);
    frame =
        new Frame(
            program.storages().size(),
            extentSizes,
            working(threads),
            scratch,
            stride,
            batches,
            cache);
    current = extent -> extent.of(frame);
    for (Storage storage : program.storages()) {
      place(storage, plan, activations);
    }
    reader = new BatchReader(program, this::inputMemory, symbolSizes);
    runner = new Runner(program, executable.team, frame, executable.profile);
  }

  private BatchIndex[] batches() {
    return program.batches().stream()
        .map(source -> new BatchIndex(sizes.of(source.rows())))
        .toArray(BatchIndex[]::new);
  }

  private Object[][] working(int threads) {
    List<Supplier<?>> makers = program.working();
    var objects = new Object[makers.size()][threads];
    for (int i = 0; i < objects.length; i++) {
      for (int worker = 0; worker < threads; worker++) {
        objects[i][worker] = makers.get(i).get();
      }
    }
    return objects;
  }

  private void place(Storage storage, ArenaPlan plan, MemorySegment activations) {
    switch (storage.kind()) {
      case ARENA -> frame.place(storage.id(), activations, plan.offset(storage.id()));
      case CONSTANT -> frame.place(storage.id(), storage.constant(), 0);
      case STATE -> frame.place(storage.id(), MemorySegment.NULL, 0);
      case INPUT, OUTPUT -> {
        long bytes = storage.bytes().applyAsLong(sizes);
        HostBuffer buffer = HostBuffer.allocate(executable.device, bytes);
        int id = storage.value().id();
        bufferStorage.put(id, storage);
        owned.put(id, buffer);
        buffers.put(id, buffer);
        frame.place(storage.id(), buffer.hostView().orElseThrow(), 0);
      }
    }
  }

  private MemorySegment inputMemory(Value input) {
    return frame.segment(bufferStorage.get(input.id()).id());
  }

  @Override
  public Buffer buffer(Value value) {
    Buffer buffer = buffers.get(value.id());
    if (buffer == null) {
      throw new BackendException(
          "'" + value.name() + "' is neither an input, an output nor an observed value");
    }
    return buffer;
  }

  @Override
  public void bind(Value value, Buffer buffer) {
    Storage storage = bufferStorage.get(value.id());
    if (storage == null) {
      throw new BackendException("'" + value.name() + "' is neither an input nor an output");
    }
    MemorySegment memory =
        buffer
            .hostView()
            .filter(MemorySegment::isNative)
            .orElseThrow(() ->
                new BackendException(
                    "'" + value.name() + "' needs a buffer in native host memory"));
    if (memory.address() % 64 != 0) {
      throw new BackendException(
          "'" + value.name() + "' needs a buffer that starts at a multiple of 64 bytes");
    }
    buffers.put(value.id(), buffer);
    bound.removeIf(other -> other.id() == storage.id());
    bound.add(storage);
    frame.place(storage.id(), memory, 0);
  }

  @Override
  public Fence submit(Batch batch) {
    reader.read(batch);
    program.extents().check(symbolSizes, sizes.limits());
    program.extents().resolve(symbolSizes, extentSizes);
    for (int i = 0; i < bound.size(); i++) {
      checkBound(bound.get(i));
    }
    for (int i = 0; i < batches.length; i++) {
      index(i);
    }
    if (cache == null || program.stateBatch() < 0) {
      runner.run();
      return Fence.DONE;
    }
    BatchIndex stored = batches[program.stateBatch()];
    CacheUpdate.reserve(cache, stored);
    boolean done = false;
    try {
      runner.run();
      done = true;
    } finally {
      CacheUpdate.finish(cache, stored, stored.spans(), done);
    }
    return Fence.DONE;
  }

  private void checkBound(Storage storage) {
    long bytes = storage.bytes().applyAsLong(current);
    long size = frame.segment(storage.id()).byteSize();
    if (size < bytes) {
      throw new BackendException(
          "the buffer bound to '%s' has %d bytes, and %d are needed"
              .formatted(storage.value().name(), size, bytes));
    }
  }

  private void index(int i) {
    Program.BatchSource source = program.batches().get(i);
    if (source.length() != null) {
      batches[i].build(source.rows().of(frame), source.length().of(frame));
      return;
    }
    batches[i].build(
        source.positions().segment(frame),
        source.positions().at(frame),
        source.sequences().segment(frame),
        source.sequences().at(frame),
        source.rows().of(frame));
  }

  private KeyValueCache cache() {
    if (cache == null) {
      throw new BackendException(program.graph().name() + " keeps no state: it has no sequences");
    }
    return cache;
  }

  @Override
  public void openSequence(int sequence) {
    cache().open(sequence);
  }

  @Override
  public void closeSequence(int sequence) {
    cache().close(sequence);
  }

  @Override
  public void truncate(int sequence, int positions) {
    cache().truncate(sequence, positions);
  }

  @Override
  public void fork(int source, int target) {
    cache().fork(source, target);
  }

  @Override
  public void save(int sequence, OutputStream out) throws IOException {
    new StateFile(program.graph(), cache()).save(sequence, out);
  }

  @Override
  public void restore(int sequence, InputStream in) throws IOException {
    new StateFile(program.graph(), cache()).restore(sequence, in);
  }

  @Override
  public List<NodeTiming> timings() {
    return runner.timings();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (cache != null) {
      cache.close();
    }
    owned.values().forEach(HostBuffer::close);
    arena.close();
    executable.account.release(reserved);
    executable.release();
  }
}
