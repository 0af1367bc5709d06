package dev.gatun.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The facade against the real library. */
class OnnxRuntimeTest {
  private final Arena arena = Arena.ofConfined();
  private OnnxRuntime runtime;
  private OrtEnvironment environment;

  @BeforeEach
  void open() {
    runtime = Loaded.runtime();
    environment = runtime.environment(OnnxRuntime.LogLevel.FATAL);
  }

  /** Whatever a test did, nothing native may be left. */
  @AfterEach
  void close() {
    if (environment != null) {
      environment.close();
      environment.close();
      assertEquals(Map.of(), runtime.live().byKind());
    }
    arena.close();
  }

  private OrtSession session(String model) throws IOException {
    try (OrtOptions options = environment.options()) {
      options.threads(1).entry(OrtSession.RECORD_ASSIGNMENT, "1");
      return environment.session(Loaded.model(model, arena), options);
    }
  }

  private MemorySegment floats(float... values) {
    return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
  }

  @Test
  void theLibrarySaysItsVersionAndHasItsProcessor() {
    assertTrue(runtime.version().matches("\\d+\\.\\d+\\.\\d+"), runtime.version());
    EpDevice device = environment.devices().getFirst();
    assertEquals("CPUExecutionProvider", device.provider());
    assertEquals(EpDevice.Kind.CPU, device.kind());
  }

  @Test
  void oneSumWithoutCopies() throws IOException {
    MemorySegment y = floats(0, 0, 0, 0);
    MemorySegment a = floats(1, 2, 3, 4);
    try (OrtSession session = session("add.onnx");
        OrtRunOptions options = environment.runOptions();
        OrtBinding binding = session.newBinding(options);
        OrtTensor left = environment.tensor(DType.F32, new long[] {4}, a);
        OrtTensor right =
            environment.tensor(DType.F32, new long[] {4}, floats(0.5f, 0.25f, -3, 1e6f));
        OrtTensor sum = environment.tensor(DType.F32, new long[] {4}, y)) {
      binding.input("a", left);
      binding.input("b", right);
      binding.output("y", sum);
      binding.run();
      assertArrayEquals(new float[] {1.5f, 2.25f, 0, 1000004f}, y.toArray(ValueLayout.JAVA_FLOAT));
      a.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 7);
      binding.run();
      assertEquals(7.5f, y.get(ValueLayout.JAVA_FLOAT, 0));
      assertEquals(
          List.of(new NodeAssignment("sum", "", "Add", "CPUExecutionProvider", 0)),
          session.assignments());
    }
  }

  @Test
  void inputsAndOutputsAreDescribed() throws IOException {
    try (OrtSession session = session("dynamic.onnx")) {
      assertEquals(
          List.of(
              new OrtValueInfo("x", Optional.of(DType.F32), List.of(-1L, 3L), List.of("rows", ""))),
          session.inputs());
      assertEquals("where", session.outputs().getFirst().name());
      assertEquals(Optional.of(DType.I64), session.outputs().getFirst().dtype());
    }
  }

  @Test
  void theLibraryAllocatesWhatOnlyTheDataTell() throws IOException {
    MemorySegment twice = floats(new float[6]);
    try (OrtSession session = session("dynamic.onnx");
        OrtRunOptions options = environment.runOptions();
        OrtBinding binding = session.newBinding(options)) {
      for (float zero : new float[] {0, 5}) {
        try (OrtTensor x =
                environment.tensor(DType.F32, new long[] {2, 3}, floats(1, zero, 0, 0, 2, 0));
            OrtTensor target = environment.tensor(DType.F32, new long[] {2, 3}, twice)) {
          binding.input("x", x);
          binding.output("where");
          binding.output("twice", target);
          binding.run();
          List<OrtTensor> outputs = binding.outputs();
          OrtTensor where = outputs.getFirst();
          long count = zero == 0 ? 2 : 3;
          assertArrayEquals(new long[] {2, count}, where.dims());
          assertTrue(where.ownsData());
          MemorySegment indices = arena.allocate(where.byteSize());
          where.copyTo(indices);
          assertEquals(
              zero == 0 ? List.of(0L, 1L, 0L, 1L) : List.of(0L, 0L, 1L, 0L, 1L, 1L),
              java.util.Arrays.stream(indices.toArray(ValueLayout.JAVA_LONG)).boxed().toList());
          outputs.forEach(OrtTensor::close);
          binding.clear();
        }
        assertEquals(4f, twice.getAtIndex(ValueLayout.JAVA_FLOAT, 4));
      }
    }
  }

  @Test
  void errorsCarryTheLibrarysWordsAndLeaveNothing() throws IOException {
    try (OrtOptions options = environment.options()) {
      MemorySegment junk = arena.allocateFrom("this is no model");
      var failure =
          assertThrows(NativeCallException.class, () -> environment.session(junk, options));
      assertEquals("CreateSessionFromArray", failure.function());
      assertEquals(7, failure.code());
      assertTrue(failure.getMessage().contains("protobuf"), failure.getMessage());
    }
    try (OrtSession session = session("add.onnx");
        OrtRunOptions options = environment.runOptions();
        OrtBinding binding = session.newBinding(options);
        OrtTensor wrong = environment.tensor(DType.F32, new long[] {3}, floats(1, 2, 3));
        OrtTensor ints = environment.tensor(DType.I32, new long[] {4}, floats(1, 2, 3, 4))) {
      var name =
          assertThrows(IllegalArgumentException.class, () -> binding.input("c", wrong))
              .getMessage();
      assertEquals("the model has no input c; it has [a, b]", name);
      binding.input("a", wrong);
      binding.input("b", wrong);
      binding.output("y");
      var shape = assertThrows(NativeCallException.class, binding::run);
      assertTrue(shape.getMessage().contains("invalid dimensions"), shape.getMessage());
      binding.input("a", ints);
      var type = assertThrows(NativeCallException.class, binding::run);
      assertTrue(type.getMessage().contains("int32"), type.getMessage());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> environment.tensor(DType.F32, new long[] {5}, floats(1, 2, 3, 4)));
    assertThrows(
        IllegalArgumentException.class,
        () -> environment.tensor(DType.Q4_0, new long[] {32}, arena.allocate(18)));
  }

  @Test
  void aRunCanBeForbidden() throws IOException {
    try (OrtSession session = session("add.onnx");
        OrtRunOptions options = environment.runOptions();
        OrtBinding binding = session.newBinding(options);
        OrtTensor a = environment.tensor(DType.F32, new long[] {4}, floats(1, 2, 3, 4))) {
      binding.input("a", a);
      binding.input("b", a);
      binding.output("y");
      options.terminate();
      assertThrows(NativeCallException.class, binding::run);
      options.resume();
      binding.run();
    }
  }

  @Test
  void closedThingsAreNotUsed() throws IOException {
    OrtRunOptions options = environment.runOptions();
    OrtSession session = session("add.onnx");
    OrtBinding binding = session.newBinding(options);
    binding.close();
    assertThrows(IllegalStateException.class, binding::run);
    session.close();
    options.close();
    assertThrows(IllegalStateException.class, () -> session.newBinding(options));
  }

  @Test
  void aModelIsReadFromItsFileAndProfiled(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("add ü.onnx");
    Files.write(file, Loaded.model("add.onnx", arena).toArray(ValueLayout.JAVA_BYTE));
    try (OrtOptions options = environment.options()) {
      options.profile(folder.resolve("profile"));
      try (OrtSession session = environment.session(file, options);
          OrtRunOptions runOptions = environment.runOptions();
          OrtBinding binding = session.newBinding(runOptions);
          OrtTensor a = environment.tensor(DType.F32, new long[] {4}, floats(1, 2, 3, 4))) {
        binding.input("a", a);
        binding.input("b", a);
        binding.output("y");
        binding.run();
        Path profile = session.endProfiling();
        assertTrue(Files.readString(profile).contains("sum_kernel_time"));
        assertThrows(NativeCallException.class, session::assignments);
      }
      var missing =
          assertThrows(
              NativeCallException.class,
              () -> environment.session(folder.resolve("none.onnx"), options));
      assertTrue(missing.getMessage().contains("none.onnx"), missing.getMessage());
    }
  }

  @Test
  void aPlugInLibraryThatIsNoneIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("plugin.so"), "no library");
    var failure =
        assertThrows(NativeCallException.class, () -> environment.register("plugin", file));
    assertTrue(failure.getMessage().contains("plugin.so"), failure.getMessage());
  }

  @Test
  void runsAllocateNothing() throws IOException {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (OrtSession session = session("add.onnx");
        OrtRunOptions options = environment.runOptions();
        OrtBinding binding = session.newBinding(options);
        OrtTensor a = environment.tensor(DType.F32, new long[] {4}, floats(1, 2, 3, 4));
        OrtTensor y = environment.tensor(DType.F32, new long[] {4}, floats(0, 0, 0, 0))) {
      binding.input("a", a);
      binding.input("b", a);
      binding.output("y", y);
      long least = Long.MAX_VALUE;
      // The compiler removes the allocations of the interpreter; until then there are some.
      for (int round = 0; round < 50 && least > 0; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
          binding.run();
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(0, least);
    }
  }
}
