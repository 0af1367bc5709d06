package dev.gatun.onnxruntime;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.onnxruntime.generated.ort.OrtApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Element type and sizes of a value, or of an input or output. */
final class TypeInfo implements AutoCloseable {
  private final Api api;
  private final NativeHandle handle;
  private final MemorySegment info;

  private TypeInfo(Api api, NativeHandle handle, MemorySegment info) {
    this.api = api;
    this.handle = handle;
    this.info = info;
  }

  static TypeInfo ofTensor(Api api, MemorySegment value) {
    NativeHandle handle =
        api.create(
            "OrtTensorTypeAndShapeInfo",
            "GetTensorTypeAndShape",
            out ->
                OrtApi.GetTensorTypeAndShape.invoke(
                    OrtApi.GetTensorTypeAndShape(api.table()), value, out),
            info ->
                OrtApi.ReleaseTensorTypeAndShapeInfo.invoke(
                    OrtApi.ReleaseTensorTypeAndShapeInfo(api.table()), info));
    return new TypeInfo(api, handle, handle.address());
  }

  /** The type of an input or output; not {@link #isTensor} for sequences, maps and the like. */
  static TypeInfo owning(Api api, MemorySegment type) {
    NativeHandle handle =
        api.live()
            .own(
                "OrtTypeInfo",
                type,
                it -> OrtApi.ReleaseTypeInfo.invoke(OrtApi.ReleaseTypeInfo(api.table()), it));
    try {
      MemorySegment tensor =
          api.get(
              "CastTypeInfoToTensorInfo",
              out ->
                  OrtApi.CastTypeInfoToTensorInfo.invoke(
                      OrtApi.CastTypeInfoToTensorInfo(api.table()), type, out));
      return new TypeInfo(api, handle, tensor);
    } catch (RuntimeException e) {
      handle.close();
      throw e;
    }
  }

  boolean isTensor() {
    return info.address() != 0;
  }

  int elementType() {
    return api.getInt(
        "GetTensorElementType",
        out ->
            OrtApi.GetTensorElementType.invoke(
                OrtApi.GetTensorElementType(api.table()), info, out));
  }

  private long rank() {
    return api.getLong(
        "GetDimensionsCount",
        out -> OrtApi.GetDimensionsCount.invoke(OrtApi.GetDimensionsCount(api.table()), info, out));
  }

  /** Sizes, -1 where unknown. */
  long[] dims() {
    try (Arena arena = Arena.ofConfined()) {
      long rank = rank();
      MemorySegment dims = arena.allocate(ValueLayout.JAVA_LONG, Math.max(1, rank));
      api.check(
          "GetDimensions",
          OrtApi.GetDimensions.invoke(OrtApi.GetDimensions(api.table()), info, dims, rank));
      return dims.asSlice(0, 8 * rank).toArray(ValueLayout.JAVA_LONG);
    }
  }

  /** Names of sizes, empty where there is none. */
  List<String> symbols() {
    try (Arena arena = Arena.ofConfined()) {
      long rank = rank();
      MemorySegment names = arena.allocate(ValueLayout.ADDRESS, Math.max(1, rank));
      api.check(
          "GetSymbolicDimensions",
          OrtApi.GetSymbolicDimensions.invoke(
              OrtApi.GetSymbolicDimensions(api.table()), info, names, rank));
      List<String> symbols = new ArrayList<>();
      for (long i = 0; i < rank; i++) {
        symbols.add(Pointers.text(names.getAtIndex(ValueLayout.ADDRESS, i)).orElse(""));
      }
      return symbols;
    }
  }

  @Override
  public void close() {
    handle.close();
  }
}
