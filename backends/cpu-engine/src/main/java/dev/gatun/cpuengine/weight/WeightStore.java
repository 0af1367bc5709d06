package dev.gatun.cpuengine.weight;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.cpuengine.team.WorkerTeam;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The packed matrices of one runtime: each constant is packed once per layout, however many
 * executables use it. Thread-safe.
 */
public final class WeightStore implements AutoCloseable {
  /** Bytes of packed weights that a worker packs at a time. */
  private static final long CHUNK_BYTES = 256 << 10;

  /**
   * What was packed, and how. Segments are equal when they start at the same place; the scope tells
   * apart two files that were mapped at the same address one after the other.
   */
  private record Key(
      MemorySegment data,
      MemorySegment.Scope scope,
      DType dtype,
      Shape shape,
      boolean transposed,
      String layout) {}

  private final MemoryAccount account;

  private final Map<Key, Entry> entries = new HashMap<>();

  private record Entry(PackedMatrix matrix, Batch batch) {}

  /** Matrices that were packed together share an arena. */
  private static final class Batch {
    private final Arena arena = Arena.ofShared();
    private int live;
  }

  /** The matrices that one executable uses. */
  public final class Lease implements AutoCloseable {
    private final List<Key> keys = new ArrayList<>();
    private final Batch batch = new Batch();
    private boolean closed;

    /**
     * The packed form of a matrix, usable after {@link #pack}.
     *
     * @param weights [n, k]; [k, n] of a plain dtype when transposed
     */
    public PackedMatrix matrix(MatMulKernel kernel, Tensor weights, boolean transposed) {
      MemorySegment data = weights.data();
      var key =
          new Key(
              data, data.scope(), weights.dtype(), weights.shape(), transposed, kernel.layout());
      synchronized (WeightStore.this) {
        Entry entry =
            entries.computeIfAbsent(
                key,
                absent -> {
                  batch.live++;
                  return new Entry(new PackedMatrix(kernel, weights, transposed), batch);
                });
        entry.matrix().acquire();
        keys.add(key);
        return entry.matrix();
      }
    }

    /** Packs what is not packed yet, on all workers. */
    public void pack(WorkerTeam team) {
      synchronized (WeightStore.this) {
        List<PackedMatrix> fresh = new ArrayList<>();
        for (Key key : keys) {
          PackedMatrix matrix = entries.get(key).matrix();
          if (!matrix.isPacked() && !fresh.contains(matrix)) {
            fresh.add(matrix);
          }
        }
        long bytes = fresh.stream().mapToLong(PackedMatrix::bytes).sum();
        account.reserve(bytes, "packed weights");
        try {
          WeightStore.pack(team, fresh, batch.arena);
        } catch (RuntimeException | Error e) {
          account.release(bytes);
          throw e;
        }
      }
    }

    /** Bytes of all matrices of this lease. */
    public long bytes() {
      synchronized (WeightStore.this) {
        return keys.stream().distinct().mapToLong(key -> entries.get(key).matrix().bytes()).sum();
      }
    }

    /** Gives the matrices back. Idempotent. */
    @Override
    public void close() {
      synchronized (WeightStore.this) {
        if (closed) {
          return;
        }
        closed = true;
        for (Key key : keys) {
          Entry entry = entries.get(key);
          if (entry.matrix().release()) {
            entries.remove(key);
            if (entry.matrix().isPacked()) {
              account.release(entry.matrix().bytes());
            }
            if (--entry.batch().live == 0) {
              entry.batch().arena.close();
            }
          }
        }
        if (batch.live == 0 && batch.arena.scope().isAlive()) {
          batch.arena.close();
        }
      }
    }
  }

  /**
   * @param account what pays for packed matrices
   */
  public WeightStore(MemoryAccount account) {
    this.account = account;
  }

  public Lease lease() {
    return new Lease();
  }

  private static void pack(WorkerTeam team, List<PackedMatrix> matrices, Arena arena) {
    record Chunk(PackedMatrix matrix, int from, int to, AtomicInteger left) {}
    List<PackedMatrix> bySize = new ArrayList<>(matrices);
    bySize.sort(Comparator.comparingLong(PackedMatrix::bytes).reversed());
    List<WeightRegion> regions = WeightRegion.of(matrices);
    List<Chunk> chunks = new ArrayList<>();
    for (PackedMatrix matrix : bySize) {
      long tileBytes = Math.max(1, matrix.bytes() / Math.max(1, matrix.tiles()));
      int step = (int) Math.max(1, CHUNK_BYTES / tileBytes);
      int count = (matrix.tiles() + step - 1) / step;
      var left = new AtomicInteger(count);
      for (int from = 0; from < matrix.tiles(); from += step) {
        chunks.add(new Chunk(matrix, from, Math.min(matrix.tiles(), from + step), left));
      }
    }
    var nextRegion = new AtomicInteger();
    var nextMatrix = new AtomicInteger();
    var nextChunk = new AtomicInteger();
    team.run(worker -> {
      for (int i = nextRegion.getAndIncrement();
          i < regions.size();
          i = nextRegion.getAndIncrement()) {
        regions.get(i).allocate(arena);
      }
      for (int i = nextMatrix.getAndIncrement();
          i < bySize.size();
          i = nextMatrix.getAndIncrement()) {
        bySize.get(i).turn(arena);
      }
    });
    team.run(worker -> {
      for (int i = nextChunk.getAndIncrement();
          i < chunks.size();
          i = nextChunk.getAndIncrement()) {
        Chunk chunk = chunks.get(i);
        chunk.matrix().pack(chunk.from(), chunk.to());
        if (chunk.left().decrementAndGet() == 0) {
          chunk.matrix().packed(true);
        }
      }
    });
  }

  /** Number of matrices that some executable holds. */
  public synchronized int size() {
    return entries.size();
  }

  @Override
  public void close() {}
}
