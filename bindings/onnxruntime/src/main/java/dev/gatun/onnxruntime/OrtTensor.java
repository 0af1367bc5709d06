package dev.gatun.onnxruntime;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.onnxruntime.generated.ort.OrtApi;
import dev.gatun.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/**
 * A tensor that a session reads or writes: a view of memory of ours, which must live as long as
 * this, or memory of the library's own. Used by one thread at a time.
 */
public final class OrtTensor implements AutoCloseable {
  private final Api api;
  private final NativeHandle handle;

  /** What must not be collected before the library is done with it; null when it owns the data. */
  private final MemorySegment memory;

  private OrtTensor(Api api, NativeHandle handle, MemorySegment memory) {
    this.api = api;
    this.handle = handle;
    this.memory = memory;
  }

  static OrtTensor of(Api api, MemorySegment cpu, DType dtype, long[] dims, MemorySegment memory) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("a tensor's memory is off the heap");
    }
    long elements = 1;
    for (long dim : dims) {
      elements = Math.multiplyExact(elements, dim);
    }
    long bytes = dtype.byteSize(elements);
    if (memory.byteSize() < bytes) {
      throw new IllegalArgumentException(
          "%s %s takes %d bytes, the memory has %d"
              .formatted(dtype, Arrays.toString(dims), bytes, memory.byteSize()));
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment shape = arena.allocateFrom(ValueLayout.JAVA_LONG, dims);
      NativeHandle handle =
          api.create(
              "OrtValue",
              "CreateTensorWithDataAsOrtValue",
              out ->
                  OrtApi.CreateTensorWithDataAsOrtValue.invoke(
                      OrtApi.CreateTensorWithDataAsOrtValue(api.table()),
                      cpu,
                      memory,
                      bytes,
                      shape,
                      dims.length,
                      OrtTypes.code(dtype),
                      out),
              value -> release(api, value));
      return new OrtTensor(api, handle, memory);
    }
  }

  /** Takes over a value that the library made. */
  static OrtTensor adopt(Api api, MemorySegment value) {
    return new OrtTensor(api, api.live().own("OrtValue", value, it -> release(api, it)), null);
  }

  private static void release(Api api, MemorySegment value) {
    OrtApi.ReleaseValue.invoke(OrtApi.ReleaseValue(api.table()), value);
  }

  MemorySegment address() {
    return handle.address();
  }

  /** Whether the data are the library's, not a view of ours. */
  public boolean ownsData() {
    return memory == null;
  }

  /** Sizes. */
  public long[] dims() {
    try (TypeInfo info = TypeInfo.ofTensor(api, address())) {
      return info.dims();
    }
  }

  /** Element type; empty for one that {@link DType} lacks. */
  public Optional<DType> dtype() {
    try (TypeInfo info = TypeInfo.ofTensor(api, address())) {
      return OrtTypes.dtype(info.elementType());
    }
  }

  /** Bytes of the data; for elements of fixed size. */
  public long byteSize() {
    return api.getLong(
        "GetTensorSizeInBytes",
        out ->
            OrtApi.GetTensorSizeInBytes.invoke(
                OrtApi.GetTensorSizeInBytes(api.table()), address(), out));
  }

  /**
   * Copies the data.
   *
   * @throws IndexOutOfBoundsException when the target is smaller than {@link #byteSize}
   */
  public void copyTo(MemorySegment target) {
    long bytes = byteSize();
    if (bytes == 0) {
      return;
    }
    MemorySegment data =
        api.get(
            "GetTensorMutableData",
            out ->
                OrtApi.GetTensorMutableData.invoke(
                    OrtApi.GetTensorMutableData(api.table()), address(), out));
    MemorySegment.copy(Pointers.view(data, bytes), 0, target, 0, bytes);
  }

  /** Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
