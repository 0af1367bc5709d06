package dev.gatun.gpuengine;

import dev.gatun.engine.memory.ArenaPlan;
import dev.gatun.engine.memory.Storage;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.gpuengine.compile.GpuProgram;
import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.memory.Constants;
import dev.gatun.gpuengine.memory.DeviceBuffer;
import dev.gatun.gpuengine.memory.GrowingDeviceMemory;
import dev.gatun.gpuengine.memory.LargestNumbers;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Buffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Where the storages of one session are on the device.
 *
 * <p>Activations are placed once for the largest sizes. Where those would take more than {@link
 * #EAGER_BYTES}, they are placed for the sizes of each submission, in memory that grows.
 */
final class SessionMemory implements AutoCloseable {
  /** What a session takes when it opens; the rest when it is needed. */
  private static final long EAGER_BYTES = 1L << 30;

  private final GpuProgram program;
  private final GpuQueue queue;
  private final GpuMemory[] memory;
  private final long[] offsets;
  private final GrowingDeviceMemory activations;
  private final Map<Integer, Storage> storageOf = new LinkedHashMap<>();
  private final Map<Integer, DeviceBuffer> owned = new HashMap<>();
  private final Map<Integer, Buffer> bound = new HashMap<>();
  private final List<Storage> boundStorages = new ArrayList<>();
  private final Map<Integer, GrowingDeviceMemory> dataSized = new LinkedHashMap<>();
  private final boolean growing;
  private int version;

  /**
   * @param device the device's id
   * @param limits the largest sizes
   * @param numbers of the session; closed by it
   */
  SessionMemory(
      GpuProgram program,
      Constants constants,
      String device,
      GpuDriver driver,
      GpuQueue queue,
      SizeBound limits,
      LargestNumbers numbers) {
    this.program = program;
    this.queue = queue;
    memory = new GpuMemory[program.storages().size()];
    offsets = new long[memory.length];
    activations = new GrowingDeviceMemory(driver, queue);
    for (Storage storage : program.storages()) {
      switch (storage.kind()) {
        case CONSTANT ->
            place(storage.id(), constants.memory(storage.id()), constants.offset(storage.id()));
        case INPUT, OUTPUT -> {
          storageOf.put(storage.value().id(), storage);
          owned.put(
              storage.value().id(),
              new DeviceBuffer(device, queue, new GrowingDeviceMemory(driver, queue), numbers));
        }
        case ARENA, STATE -> {}
      }
    }
    for (Storage storage : program.dataSized()) {
      if (storage.kind() == Storage.Kind.ARENA) {
        dataSized.put(storage.id(), new GrowingDeviceMemory(driver, queue));
      }
    }
    growing = !fits(limits);
    try {
      place(growing ? SessionMemory::fixedPart : limits);
      placeDataSized(_ -> 0);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static int fixedPart(Extent extent) {
    return extent.isFixed() ? Math.toIntExact(extent.factor()) : 0;
  }

  private boolean fits(SizeBound limits) {
    try {
      long bytes = program.plan(limits).size();
      for (Storage storage : storageOf.values()) {
        if (!program.dataSized().contains(storage)) {
          bytes = Math.addExact(bytes, storage.bytes().applyAsLong(limits));
        }
      }
      return bytes <= EAGER_BYTES;
    } catch (ArithmeticException e) {
      return false;
    }
  }

  /** Places activations and own buffers for sizes up to these. */
  private void place(SizeBound bounds) {
    ArenaPlan plan = program.plan(bounds);
    GpuMemory arena = activations.atLeast(plan.size());
    for (Storage storage : program.storages()) {
      boolean planned = !dataSized.containsKey(storage.id());
      if (storage.kind() == Storage.Kind.ARENA && planned) {
        place(storage.id(), arena, plan.offset(storage.id()));
      }
    }
    for (Storage storage : storageOf.values()) {
      if (!program.dataSized().contains(storage)) {
        placeOwn(storage, storage.bytes().applyAsLong(bounds));
      }
    }
  }

  private void placeOwn(Storage storage, long bytes) {
    int id = storage.value().id();
    if (!(bound.get(id) instanceof DeviceBuffer)) {
      place(storage.id(), owned.get(id).atLeast(bytes), 0);
    }
  }

  /** Places what depends on data, as far as its size is known by now. */
  void placeDataSized(SizeBound sizes) {
    for (Storage storage : program.dataSized()) {
      long bytes = storage.bytes().applyAsLong(sizes);
      if (storage.kind() == Storage.Kind.ARENA) {
        place(storage.id(), dataSized.get(storage.id()).atLeast(bytes), 0);
      } else {
        placeOwn(storage, bytes);
      }
    }
    checkBound(sizes);
  }

  /** Says where a storage is from now on. */
  // The same piece of memory is the same object.
  @SuppressWarnings("ReferenceEquality")
  void place(int storage, GpuMemory where, long offset) {
    if (memory[storage] != where || offsets[storage] != offset) {
      memory[storage] = where;
      offsets[storage] = offset;
      version++;
    }
  }

  /** Changes whenever a storage is elsewhere. */
  int version() {
    return version;
  }

  GpuMemory memory(int storage) {
    return memory[storage];
  }

  long offset(int storage) {
    return offsets[storage];
  }

  /** The buffer of an input, output or observed value. */
  Buffer buffer(Value value) {
    Buffer other = bound.get(value.id());
    Buffer buffer = other == null ? owned.get(value.id()) : other;
    if (buffer == null) {
      throw new BackendException(
          "'" + value.name() + "' is neither an input, an output nor an observed value");
    }
    return buffer;
  }

  /**
   * Uses another buffer. One of this device is used where it is; another one, which the host can
   * address, is copied in each submission.
   */
  void bind(Value value, Buffer buffer) {
    Storage storage = storage(value);
    boolean usable =
        buffer instanceof DeviceBuffer
            || buffer.hostView().filter(MemorySegment::isNative).isPresent();
    if (!usable) {
      throw new BackendException(
          "'" + value.name() + "' needs a buffer of this device or in native host memory");
    }
    bound.put(value.id(), buffer);
    boundStorages.removeIf(other -> other.id() == storage.id());
    boundStorages.add(storage);
  }

  Storage storage(Value value) {
    Storage storage = storageOf.get(value.id());
    if (storage == null) {
      throw new BackendException("'" + value.name() + "' is neither an input nor an output");
    }
    return storage;
  }

  /** Makes memory ready for a submission. */
  void prepare(Submission sizes) {
    if (growing) {
      place(sizes);
    }
    if (program.dataSized().isEmpty()) {
      checkBound(sizes);
    } else {
      placeDataSized(sizes);
    }
  }

  private void checkBound(SizeBound sizes) {
    for (int i = 0; i < boundStorages.size(); i++) {
      Storage storage = boundStorages.get(i);
      Buffer buffer = bound.get(storage.value().id());
      long bytes = storage.bytes().applyAsLong(sizes);
      if (buffer.size() < bytes) {
        throw new BackendException(
            "the buffer bound to '%s' has %d bytes, and %d are needed"
                .formatted(storage.value().name(), buffer.size(), bytes));
      }
      if (buffer instanceof DeviceBuffer other) {
        place(storage.id(), other.atLeast(bytes), 0);
      }
    }
  }

  /**
   * Copies inputs that are bound to host memory to the device.
   *
   * @param given whether the batch gave an input, by value id
   */
  void readBound(Submission sizes, IntPredicate given) {
    for (int i = 0; i < boundStorages.size(); i++) {
      Storage storage = boundStorages.get(i);
      int id = storage.value().id();
      if (storage.kind() == Storage.Kind.INPUT && !given.test(id)) {
        MemorySegment host = host(storage, sizes);
        if (host != null && host.byteSize() > 0) {
          queue.write(memory[storage.id()], offsets[storage.id()], host);
        }
      }
    }
  }

  /**
   * Copies outputs that are bound to host memory there; an input that is an output, too, when its
   * content came from the batch.
   *
   * @param given whether the batch gave an input, by value id
   */
  void writeBound(Submission sizes, IntPredicate given) {
    for (int i = 0; i < boundStorages.size(); i++) {
      Storage storage = boundStorages.get(i);
      Value value = storage.value();
      if (storage.kind() == Storage.Kind.OUTPUT
          || (given.test(value.id()) && program.graph().outputs().contains(value))) {
        MemorySegment host = host(storage, sizes);
        if (host != null && host.byteSize() > 0) {
          queue.read(memory[storage.id()], offsets[storage.id()], host);
        }
      }
    }
  }

  /** The host memory bound to a storage, as long as its content; null for a device's buffer. */
  private MemorySegment host(Storage storage, Submission sizes) {
    return bound.get(storage.value().id()) instanceof DeviceBuffer
        ? null
        : bound
            .get(storage.value().id())
            .hostView()
            .orElseThrow()
            .asSlice(0, storage.bytes().applyAsLong(sizes));
  }

  @Override
  public void close() {
    owned.values().forEach(DeviceBuffer::close);
    dataSized.values().forEach(GrowingDeviceMemory::close);
    activations.close();
  }
}
