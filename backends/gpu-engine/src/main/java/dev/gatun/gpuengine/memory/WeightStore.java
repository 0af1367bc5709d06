package dev.gatun.gpuengine.memory;

import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuFence;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of one device, in the formats in which models store them: each constant is there
 * once, however many executables use it. Where the device can read the mapped file it does; else
 * the bytes stream through two areas of staging memory, one being filled while the other is copied.
 * Thread-safe.
 */
public final class WeightStore implements AutoCloseable {
  private static final long STAGING_BYTES = 8 << 20;

  /**
   * What is stored. Segments are equal when they start at the same place; the scope tells apart two
   * files that were mapped at the same address one after the other.
   */
  private record Key(MemorySegment data, MemorySegment.Scope scope, long bytes) {}

  private static final class Entry {
    final GpuMemory memory;
    final boolean copied;
    int users;

    Entry(GpuMemory memory, boolean copied) {
      this.memory = memory;
      this.copied = copied;
    }
  }

  private final GpuDriver driver;
  private final Map<Key, Entry> entries = new HashMap<>();

  public WeightStore(GpuDriver driver) {
    this.driver = driver;
  }

  /** The weights that one executable uses. Belongs to one thread at a time. */
  public final class Lease implements AutoCloseable {
    private final List<Key> keys = new ArrayList<>();
    private boolean closed;

    /**
     * Constants on the device, in the order in which they are given; valid until this is closed.
     *
     * @param constants native memory that stays as it is until this is closed
     * @throws dev.gatun.runtime.spi.BackendException when the device has no room
     */
    public List<GpuMemory> place(List<MemorySegment> constants) {
      synchronized (WeightStore.this) {
        List<GpuMemory> placed = new ArrayList<>();
        try (var upload = new Upload(driver)) {
          for (MemorySegment constant : constants) {
            var key = new Key(constant, constant.scope(), constant.byteSize());
            Entry entry = entries.get(key);
            if (entry == null) {
              entry = make(constant, upload);
              entries.put(key, entry);
            }
            entry.users++;
            keys.add(key);
            placed.add(entry.memory);
          }
          upload.finish();
        }
        return placed;
      }
    }

    /** Bytes that these constants take beside the mapped file. */
    public long bytes() {
      synchronized (WeightStore.this) {
        return keys.stream()
            .distinct()
            .map(entries::get)
            .filter(entry -> entry.copied)
            .mapToLong(entry -> entry.memory.bytes())
            .sum();
      }
    }

    /** Gives the constants back; no work uses them any more. Idempotent. */
    @Override
    public void close() {
      synchronized (WeightStore.this) {
        if (closed) {
          return;
        }
        closed = true;
        for (Key key : keys) {
          Entry entry = entries.get(key);
          if (--entry.users == 0) {
            entry.memory.close();
            entries.remove(key);
          }
        }
      }
    }
  }

  /** Copies to the device while more is read. */
  private static final class Upload implements AutoCloseable {
    private final GpuDriver driver;
    private final GpuMemory[] areas = new GpuMemory[2];
    private final GpuFence[] fences = new GpuFence[2];
    private GpuQueue queue;
    private int next;

    Upload(GpuDriver driver) {
      this.driver = driver;
    }

    void copy(MemorySegment source, GpuMemory target) {
      if (queue == null) {
        queue = driver.newQueue();
        areas[0] = driver.staging(STAGING_BYTES);
        areas[1] = driver.staging(STAGING_BYTES);
      }
      for (long at = 0; at < source.byteSize(); at += STAGING_BYTES) {
        long bytes = Math.min(STAGING_BYTES, source.byteSize() - at);
        if (fences[next] != null) {
          fences[next].await();
        }
        MemorySegment area = areas[next].hostView().orElseThrow().asSlice(0, bytes);
        MemorySegment.copy(source, at, area, 0, bytes);
        queue.write(target, at, area);
        fences[next] = queue.fence();
        next = 1 - next;
      }
    }

    /** Waits for the copies. */
    void finish() {
      for (GpuFence fence : fences) {
        if (fence != null) {
          fence.await();
        }
      }
    }

    @Override
    public void close() {
      if (queue != null) {
        queue.close();
      }
      for (GpuMemory area : areas) {
        if (area != null) {
          area.close();
        }
      }
    }
  }

  private Entry make(MemorySegment constant, Upload upload) {
    Optional<GpuMemory> wrapped = driver.wrap(constant);
    if (wrapped.isPresent()) {
      return new Entry(wrapped.get(), false);
    }
    GpuMemory memory = driver.allocate(Math.max(1, constant.byteSize()));
    try {
      upload.copy(constant, memory);
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
    return new Entry(memory, true);
  }

  public Lease lease() {
    return new Lease();
  }

  /** Bytes of the device's memory that the constants take. */
  public synchronized long bytes() {
    return entries.values().stream()
        .filter(entry -> entry.copied)
        .mapToLong(entry -> entry.memory.bytes())
        .sum();
  }

  /** Number of constants that some executable holds. */
  public synchronized int size() {
    return entries.size();
  }

  @Override
  public synchronized void close() {
    entries.values().forEach(entry -> entry.memory.close());
    entries.clear();
  }
}
