package dev.gatun.gpuengine.memory;

import dev.gatun.engine.memory.Storage;
import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A program's constants on the device: those that the model stores come from the {@link
 * WeightStore}; what was made of others while compiling lies in one piece of memory. Immutable.
 */
public final class Constants implements AutoCloseable {
  private static final long ALIGNMENT = 256;

  private final WeightStore.Lease weights;
  private final GpuMemory[] memory;
  private final long[] offsets;
  private GpuMemory own;

  /**
   * Copies what is not there yet.
   *
   * @param storages of the program, by id
   * @throws dev.gatun.runtime.spi.BackendException when the device has no room
   */
  public Constants(GpuDriver driver, WeightStore store, Graph graph, List<Storage> storages) {
    memory = new GpuMemory[storages.size()];
    offsets = new long[storages.size()];
    weights = store.lease();
    try {
      placeStored(graph, storages);
      placeOwn(driver, storages);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void placeStored(Graph graph, List<Storage> storages) {
    Set<MemorySegment> known = new HashSet<>();
    for (Constant constant : graph.constants()) {
      known.add(constant.data().data());
    }
    List<Storage> stored =
        storages.stream().filter(storage -> known.contains(storage.constant())).toList();
    List<WeightStore.Place> placed = weights.place(stored.stream().map(Storage::constant).toList());
    for (int i = 0; i < placed.size(); i++) {
      memory[stored.get(i).id()] = placed.get(i).memory();
      offsets[stored.get(i).id()] = placed.get(i).offset();
    }
  }

  private void placeOwn(GpuDriver driver, List<Storage> storages) {
    List<Storage> made = new ArrayList<>();
    long bytes = 0;
    for (Storage storage : storages) {
      if (storage.kind() == Storage.Kind.CONSTANT && memory[storage.id()] == null) {
        made.add(storage);
        offsets[storage.id()] = bytes;
        bytes += (storage.constant().byteSize() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      }
    }
    if (made.isEmpty()) {
      return;
    }
    own = driver.allocate(Math.max(1, bytes));
    try (GpuQueue queue = driver.newQueue()) {
      for (Storage storage : made) {
        memory[storage.id()] = own;
        if (storage.constant().byteSize() > 0) {
          queue.write(own, offsets[storage.id()], storage.constant());
        }
      }
      queue.fence().await();
    }
  }

  /** Where a constant storage is. */
  public GpuMemory memory(int storage) {
    return memory[storage];
  }

  /** Byte offset of a constant storage in its memory. */
  public long offset(int storage) {
    return offsets[storage];
  }

  /** Bytes beside the mapped file. */
  public long bytes() {
    return weights.bytes() + (own == null ? 0 : own.bytes());
  }

  @Override
  public void close() {
    weights.close();
    if (own != null) {
      own.close();
      own = null;
    }
  }
}
