package dev.gatun.cpuengine;

import dev.gatun.cpuengine.compile.Program;
import dev.gatun.cpuengine.state.HostPages;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.engine.batch.BatchReader;
import dev.gatun.engine.size.SessionSizes;
import dev.gatun.engine.state.CacheUpdate;
import dev.gatun.engine.state.KeyValueCache;
import dev.gatun.engine.state.StateFile;
import dev.gatun.graph.Value;
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
import java.util.List;

/** One running instance of a program: its memory, and the cache of its sequences. */
final class CpuSession implements ExecutableSession {
  private final CpuExecutable executable;
  private final Program program;
  private final SessionSizes sizes;
  private final KeyValueCache cache;
  private final Instance instance;
  private final BatchReader reader;
  private boolean closed;

  CpuSession(CpuExecutable executable, SessionOptions options) {
    this.executable = executable;
    program = executable.program;
    sizes = new SessionSizes(program.extents(), executable.profiles, options);
    HostPages pages = program.cache().isEmpty() ? null : new HostPages(program.cache().pageBytes());
    cache =
        pages == null
            ? null
            : new KeyValueCache(program.cache(), pages, options.sequences(), options.positions());
    instance = new Instance(program, executable, sizes, cache, pages);
    reader =
        new BatchReader(
            program.graph().inputs(), program.extents(), instance::input, instance.symbols());
  }

  @Override
  public Buffer buffer(Value value) {
    return instance.buffer(value);
  }

  @Override
  public void bind(Value value, Buffer buffer) {
    instance.bind(value, buffer);
  }

  @Override
  public Shape shape(Value value) {
    return instance.shape(value);
  }

  @Override
  public Fence submit(Batch batch) {
    reader.read(batch);
    program.extents().check(instance.symbols(), sizes.limits());
    instance.prepare();
    Frame frame = instance.frame();
    for (int i = 0; i < program.batches().size(); i++) {
      index(frame, i);
    }
    if (cache == null || program.stateBatch() < 0) {
      instance.run();
      return Fence.DONE;
    }
    BatchIndex stored = frame.batch(program.stateBatch());
    CacheUpdate.reserve(cache, stored);
    boolean done = false;
    try {
      instance.run();
      done = true;
    } finally {
      CacheUpdate.finish(cache, stored, stored.spans(), done);
    }
    return Fence.DONE;
  }

  private void index(Frame frame, int i) {
    Program.BatchSource source = program.batches().get(i);
    if (source.length() != null) {
      frame.batch(i).build(source.rows().of(frame), source.length().of(frame));
      return;
    }
    frame
        .batch(i)
        .build(
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
  public List<TimelineEvent> timeline() {
    return instance.timeline();
  }

  @Override
  public List<NodeTiming> timings() {
    return instance.timings();
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
    instance.close();
    executable.release();
  }
}
