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
import java.util.stream.Stream;

/**
 * The weights of one device, in the formats in which models store them: each constant is there
 * once, however many executables use it. Where the device can read the mapped file it does, a run
 * of neighbours as one piece of memory; else the bytes stream through two areas of staging memory,
 * one being filled while the other is copied. Thread-safe.
 */
public final class WeightStore implements AutoCloseable {
  private static final long STAGING_BYTES = 8 << 20;

  /**
   * What is stored. Segments are equal when they start at the same place; the scope tells apart two
   * files that were mapped at the same address one after the other.
   */
  private record Key(MemorySegment data, MemorySegment.Scope scope, long bytes) {
    static Key of(MemorySegment constant) {
      return new Key(constant, constant.scope(), constant.byteSize());
    }
  }

  /** A piece of memory that holds one constant, or a run of a mapped file. */
  private static final class Region {
    final GpuMemory memory;
    final boolean copied;
    int entries;

    Region(GpuMemory memory, boolean copied) {
      this.memory = memory;
      this.copied = copied;
    }
  }

  private static final class Entry {
    final Region region;
    final Place place;
    int users;

    Entry(Region region, long offset) {
      this.region = region;
      place = new Place(region.memory, offset);
      region.entries++;
    }
  }

  /** Where a constant is on the device. */
  public record Place(GpuMemory memory, long offset) {}

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
    public List<Place> place(List<MemorySegment> constants) {
      synchronized (WeightStore.this) {
        List<Place> placed = new ArrayList<>();
        try (var upload = new Upload(driver)) {
          wrap(constants);
          for (MemorySegment constant : constants) {
            Key key = Key.of(constant);
            Entry entry = entries.get(key);
            if (entry == null) {
              entry = new Entry(copy(constant, upload), 0);
              entries.put(key, entry);
            }
            entry.users++;
            keys.add(key);
            placed.add(entry.place);
          }
          upload.finish();
        } finally {
          entries.values().removeIf(WeightStore::unused);
        }
        return placed;
      }
    }

    /** Bytes that these constants take beside the mapped file. */
    public long bytes() {
      synchronized (WeightStore.this) {
        return copiedBytes(keys.stream().map(entries::get));
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
        keys.forEach(key -> entries.get(key).users--);
        entries.values().removeIf(WeightStore::unused);
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

  /** Has the device read what it can where it is: runs, or else the constants of a run alone. */
  private void wrap(List<MemorySegment> constants) {
    if (!driver.limits().unified()) {
      return;
    }
    List<MemorySegment> fresh =
        constants.stream()
            .distinct()
            .filter(MappedRuns::usable)
            .filter(constant -> !entries.containsKey(Key.of(constant)))
            .toList();
    for (List<MemorySegment> run : MappedRuns.of(fresh)) {
      if (!wrapped(run) && run.size() > 1) {
        run.forEach(constant -> wrapped(List.of(constant)));
      }
    }
  }

  private boolean wrapped(List<MemorySegment> run) {
    Optional<GpuMemory> memory = driver.wrap(run);
    memory.ifPresent(found -> {
      var region = new Region(found, false);
      long start = run.getFirst().address();
      for (MemorySegment constant : run) {
        entries.computeIfAbsent(
            Key.of(constant), _ -> new Entry(region, constant.address() - start));
      }
    });
    return memory.isPresent();
  }

  private Region copy(MemorySegment constant, Upload upload) {
    GpuMemory memory = driver.allocate(Math.max(1, constant.byteSize()));
    try {
      upload.copy(constant, memory);
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
    return new Region(memory, true);
  }

  /** Lets go of what nobody uses; its region goes with the last of its entries. */
  private static boolean unused(Entry entry) {
    if (entry.users == 0 && --entry.region.entries == 0) {
      entry.region.memory.close();
    }
    return entry.users == 0;
  }

  private static long copiedBytes(Stream<Entry> entries) {
    return entries
        .map(entry -> entry.region)
        .filter(region -> region.copied)
        .distinct()
        .mapToLong(region -> region.memory.bytes())
        .sum();
  }

  public Lease lease() {
    return new Lease();
  }

  /** Bytes of the device's memory that the constants take. */
  public synchronized long bytes() {
    return copiedBytes(entries.values().stream());
  }

  /** Number of constants that some executable holds. */
  public synchronized int size() {
    return entries.size();
  }

  @Override
  public synchronized void close() {
    entries.values().stream()
        .map(entry -> entry.region.memory)
        .distinct()
        .forEach(GpuMemory::close);
    entries.clear();
  }
}
