package dev.gatun.quantize.gguf;

import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.graph.ModelSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The rows of many tensors, quantized by several threads ahead of their use and handed out in
 * order. What is in memory at one time does not grow with the model: a few pieces per thread, and
 * the slabs of the file that they are read from. The bytes do not depend on the number of threads,
 * since rows are independent.
 *
 * <p>Used by one thread, which writes the tensors in the order of the plans; the workers are its
 * own and end with {@link #close()}.
 */
final class RowStream implements AutoCloseable {
  /** Elements of a piece: long enough to hide the hand-over, short enough for tensors to share. */
  private static final long PIECE_ELEMENTS = 1 << 18;

  /** Bytes of the file that are mapped together. */
  private static final long SLAB_BYTES = 32L << 20;

  private static final int PIECES_PER_THREAD = 4;

  private final ModelSource source;
  private final List<TensorPlan> plans;
  private final Optional<UsedImportance> importance;
  private final ExecutorService workers;
  private final int window;
  private final Deque<Future<byte[]>> ahead = new ArrayDeque<>();
  private final Queue<float[]> scratch = new ConcurrentLinkedQueue<>();
  private int tensor;
  private long row;
  private Slab slab;
  private Slab.Lease lease = new Slab.Lease();
  private long leased;
  private TensorEncoder encoder;
  private volatile boolean closed;

  RowStream(
      ModelSource source,
      List<TensorPlan> plans,
      Optional<UsedImportance> importance,
      int threads) {
    this.source = source;
    this.plans = plans;
    this.importance = importance;
    this.window = threads * PIECES_PER_THREAD;
    this.workers =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("quantize-", 0).factory());
  }

  /** Hands out the next tensor. */
  void write(TensorPlan plan, GgufWriter.Sink sink) throws IOException {
    long left = plan.targetBytes();
    while (left > 0) {
      fill();
      byte[] piece = take();
      sink.write(MemorySegment.ofArray(piece));
      left -= piece.length;
    }
  }

  /** Leaves the next tensor out. Only before the first is written. */
  void skip() {
    tensor++;
  }

  private void fill() {
    while (ahead.size() < window && tensor < plans.size()) {
      TensorPlan plan = plans.get(tensor);
      if (row == plan.rows()) {
        tensor++;
        row = 0;
        encoder = null;
        continue;
      }
      if (encoder == null) {
        encoder = new TensorEncoder(plan, importance, scratch);
      }
      long piece = Math.max(1, PIECE_ELEMENTS / plan.source().shape().rowLength());
      if (slab == null) {
        long rowBytes = Math.max(1, plan.sourceBytes() / plan.rows());
        long rows = Math.max(piece, SLAB_BYTES / rowBytes / piece * piece);
        slab = map(plan.source().name(), row, Math.min(rows, plan.rows() - row), rowBytes);
      }
      long end = Math.min(row + piece, slab.end());
      if (encoder.weighted()) {
        end = Math.min(end, (row / plan.rowsPerMatrix() + 1) * plan.rowsPerMatrix());
      }
      ahead.add(submit(encoder, slab, row, end));
      row = end;
      if (row == slab.end()) {
        slab = null;
      }
    }
  }

  private Slab map(String name, long first, long rows, long rowBytes) {
    if (leased + rows * rowBytes > SLAB_BYTES) {
      lease.release();
      lease = new Slab.Lease();
      leased = 0;
    }
    leased += rows * rowBytes;
    return Slab.map(source, name, first, rows, lease);
  }

  private Future<byte[]> submit(TensorEncoder rows, Slab from, long first, long end) {
    from.lease().retain();
    return workers.submit(() -> {
      try {
        // When nobody waits for it any more, only the mapping is let go.
        return closed ? new byte[0] : rows.encode(from, first, end);
      } finally {
        from.lease().release();
      }
    });
  }

  private byte[] take() throws IOException {
    try {
      return ahead.remove().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    workers.close();
    lease.release();
  }
}
