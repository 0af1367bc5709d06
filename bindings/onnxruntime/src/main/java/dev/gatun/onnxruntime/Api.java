package dev.gatun.onnxruntime;

import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Platform;
import dev.gatun.ffi.Pointers;
import dev.gatun.onnxruntime.generated.ort.OrtApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The table of functions of one loaded library, and what every call of it needs: status checked and
 * released, results owned. Thread-safe.
 */
final class Api {
  static final String LIBRARY = "ONNX Runtime";

  private final MemorySegment table;
  private final LiveHandles live = new LiveHandles();
  private final MemorySegment allocator;

  Api(MemorySegment pointer) {
    table = Pointers.view(pointer, OrtApi.sizeof());
    allocator =
        get(
            "GetAllocatorWithDefaultOptions",
            out ->
                OrtApi.GetAllocatorWithDefaultOptions.invoke(
                    OrtApi.GetAllocatorWithDefaultOptions(table), out));
  }

  MemorySegment table() {
    return table;
  }

  LiveHandles live() {
    return live;
  }

  /** The allocator of the library itself, which it owns. */
  MemorySegment allocator() {
    return allocator;
  }

  /**
   * Throws what a status says and releases it.
   *
   * @param function name in C
   */
  void check(String function, MemorySegment status) {
    if (status.address() != 0) {
      throw failure(function, status);
    }
  }

  private NativeCallException failure(String function, MemorySegment status) {
    try {
      int code = OrtApi.GetErrorCode.invoke(OrtApi.GetErrorCode(table), status);
      MemorySegment message = OrtApi.GetErrorMessage.invoke(OrtApi.GetErrorMessage(table), status);
      return new NativeCallException(
          LIBRARY, function, code, Pointers.text(message).orElse("no message"));
    } finally {
      OrtApi.ReleaseStatus.invoke(OrtApi.ReleaseStatus(table), status);
    }
  }

  /** A pointer that a call stores. */
  MemorySegment get(String function, Function<MemorySegment, MemorySegment> call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      check(function, call.apply(out));
      return Pointers.read(out);
    }
  }

  /** A number of 64 bits that a call stores. */
  long getLong(String function, Function<MemorySegment, MemorySegment> call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
      check(function, call.apply(out));
      return out.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** A number of 32 bits that a call stores. */
  int getInt(String function, Function<MemorySegment, MemorySegment> call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
      check(function, call.apply(out));
      return out.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /** An object that a call stores, with what releases it. */
  NativeHandle create(
      String kind,
      String function,
      Function<MemorySegment, MemorySegment> call,
      Consumer<MemorySegment> release) {
    return live.own(kind, get(function, call), release);
  }

  /** Pointers that a call stores as an array and its length; the library owns both. */
  List<MemorySegment> list(
      String function, BiFunction<MemorySegment, MemorySegment, MemorySegment> call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment array = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      check(function, call.apply(array, count));
      MemorySegment first = Pointers.read(array);
      return java.util.stream.LongStream.range(0, count.get(ValueLayout.JAVA_LONG, 0))
          .mapToObj(index -> Pointers.read(first, index))
          .toList();
    }
  }

  /** A text that a call stores and the library keeps. */
  String text(String function, Function<MemorySegment, MemorySegment> call) {
    return Pointers.text(get(function, call)).orElse("");
  }

  /** A text that a call allocates: it is copied and freed. */
  String allocatedText(String function, Function<MemorySegment, MemorySegment> call) {
    MemorySegment text = get(function, call);
    try {
      return Pointers.text(text).orElse("");
    } finally {
      free(text);
    }
  }

  /** Frees what was allocated with {@link #allocator}. */
  void free(MemorySegment allocated) {
    check(
        "AllocatorFree",
        OrtApi.AllocatorFree.invoke(OrtApi.AllocatorFree(table), allocator, allocated));
  }

  /** The entries of an {@code OrtKeyValuePairs} that the library owns, in its order. */
  Map<String, String> pairs(MemorySegment pairs) {
    if (pairs.address() == 0) {
      return Map.of();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment keys = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment values = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      OrtApi.GetKeyValuePairs.invoke(OrtApi.GetKeyValuePairs(table), pairs, keys, values, count);
      Map<String, String> entries = new LinkedHashMap<>();
      for (long i = 0; i < count.get(ValueLayout.JAVA_LONG, 0); i++) {
        Optional<String> key = Pointers.text(Pointers.read(Pointers.read(keys), i));
        Optional<String> value = Pointers.text(Pointers.read(Pointers.read(values), i));
        entries.put(key.orElse(""), value.orElse(""));
      }
      return entries;
    }
  }

  /** A file's name as the library takes it: UTF-16 on Windows, else UTF-8. */
  static MemorySegment path(java.nio.file.Path path, SegmentAllocator allocator) {
    String name = path.toAbsolutePath().toString();
    return Platform.os().equals("windows")
        ? allocator.allocateFrom(name, StandardCharsets.UTF_16LE)
        : Pointers.text(name, allocator);
  }

  /** An array of texts. */
  static MemorySegment texts(Iterable<String> texts, int count, SegmentAllocator allocator) {
    MemorySegment array = allocator.allocate(ValueLayout.ADDRESS, Math.max(1, count));
    int index = 0;
    for (String text : texts) {
      array.setAtIndex(ValueLayout.ADDRESS, index++, Pointers.text(text, allocator));
    }
    return array;
  }
}
