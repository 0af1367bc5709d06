package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.NativeCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The driver that {@code gatun.cuda.library} names, else the stand-in: a kernel runs, work is
 * asynchronous, and what the driver does not allow is refused.
 */
class CudaDriverTest {
  private static final String SETTING = "gatun.cuda.library";
  private static final Path STANDIN = Path.of("..", "..", "target", "gpu-standin", "libcuda.so.1");
  private static final int COUNT = 1000;
  private static final int POISON = -1;

  @TempDir Path folder;
  private CudaDriver driver;
  private CudaContext context;
  private final Arena arena = Arena.ofConfined();

  @BeforeEach
  void open() {
    var search =
        CudaDriver.search(SETTING, Optional.of(System.getProperty(SETTING, STANDIN.toString())));
    assumeTrue(
        search.present().isPresent(),
        "skipped: the stand-in driver is not built (scripts/test builds it), and no other is named by -D"
            + SETTING);
    Loading<CudaDriver> loading = CudaDriver.load(search);
    driver = loading.library().orElseThrow(() -> new AssertionError(loading.failures()));
    context = driver.devices().getFirst().open();
  }

  @AfterEach
  void close() {
    arena.close();
    if (context != null) {
      context.close();
      assertEquals(0, driver.handles().total(), driver.handles().byKind().toString());
    }
  }

  private boolean standIn() {
    return driver.devices().getFirst().name().contains("stand-in");
  }

  private CudaModule gated() throws IOException {
    Loading<Nvrtc> loading =
        Nvrtc.load(CudaLibraries.search("NVRTC", "gatun.nvrtc.library", "libnvrtc.so"));
    Nvrtc nvrtc = loading.library().orElseThrow(() -> new AssertionError(loading.failures()));
    String architecture = "sm_" + context.device().capability();
    return context.load(
        nvrtc.compile(KernelText.of("gated"), "gated.cu", architecture, List.of()).image());
  }

  private MemorySegment floats(float start) {
    MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, COUNT);
    for (int i = 0; i < COUNT; i++) {
      host.setAtIndex(ValueLayout.JAVA_FLOAT, i, start + i);
    }
    return host;
  }

  /** One row, the function RELU of native/gpu/src/activation.h. */
  private MemorySegment reluOfOneRow() {
    return arena.allocateFrom(ValueLayout.JAVA_INT, 1, COUNT, 12, COUNT, COUNT);
  }

  @Test
  void aFileThatIsNoDriverIsAReason() {
    Loading<CudaDriver> none =
        CudaDriver.load(CudaDriver.search(SETTING, Optional.of(folder.resolve("none").toString())));
    assertTrue(none.library().isEmpty());
    assertTrue(none.failures().getFirst().contains("there is no such file"), none.toString());
  }

  @Test
  void aKernelRunsDirectlyAndAsAGraph() throws IOException {
    MemorySegment x = floats(-500);
    MemorySegment y = floats(1);
    MemorySegment out = floats(0);
    KernelArguments arguments = new KernelArguments(arena, 4);
    try (CudaModule module = gated();
        DeviceMemory gate = context.allocate(x.byteSize());
        DeviceMemory up = context.allocate(x.byteSize() + 64);
        DeviceMemory product = context.allocate(x.byteSize());
        CudaStream stream = context.newStream();
        CudaEvent start = context.newEvent(true);
        CudaEvent end = context.newEvent(true)) {
      CudaFunction kernel = module.function("gated");
      assertEquals(256, kernel.maxThreads());
      assertEquals(0, kernel.localBytes());
      stream.record(start);
      stream.write(x, gate, 0);
      stream.write(y, up, 64);
      arguments.pointer(gate, 0).pointer(up, 64).pointer(product, 0).value(reluOfOneRow());
      stream.launch(kernel, 8, 1, 1, 128, arguments);
      stream.read(product, 0, out);
      stream.record(end);
      end.synchronize();
      assertTrue(end.isDone());
      assertTrue(end.millisSince(start) >= 0);
      assertProducts(out);

      CudaGraph graph = stream.capture(() -> stream.launch(kernel, 8, 1, 1, 128, arguments));
      stream.fill(product, 0, product.bytes(), (byte) 0);
      stream.launch(graph);
      stream.read(product, 0, out);
      stream.synchronize();
      assertProducts(out);
      graph.close();

      arguments.clear().pointer(gate, 0);
      assertThrows(
          IllegalArgumentException.class, () -> stream.launch(kernel, 8, 1, 1, 128, arguments));
      assertThrows(IndexOutOfBoundsException.class, () -> stream.write(x, gate, 4));
      assertThrows(IndexOutOfBoundsException.class, () -> arguments.pointer(gate, 4 * COUNT + 1));
      assertRefused("CUDA_ERROR_NOT_FOUND", () -> module.function("absent"));
      assertRefused(
          "CUDA_ERROR_INVALID_VALUE",
          () -> {
            arguments.clear();
            arguments.pointer(gate, 0).pointer(up, 64).pointer(product, 0).value(reluOfOneRow());
            stream.launch(kernel, 8, 1, 1, 512, arguments);
          });
    }
  }

  private static void assertProducts(MemorySegment out) {
    for (int i = 0; i < COUNT; i++) {
      float expected = Math.max(0, i - 500f) * (i + 1f);
      assertEquals(expected, out.getAtIndex(ValueLayout.JAVA_FLOAT, i));
    }
  }

  private static void assertRefused(String name, Runnable call) {
    NativeCallException e = assertThrows(NativeCallException.class, call::run);
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  @Test
  void workIsDoneOnlyWhenSomebodyHasWaited() {
    assumeTrue(standIn(), "skipped: a real driver may be done early");
    try (DeviceMemory memory = context.allocate(8);
        PinnedMemory pinned = context.allocatePinned(8);
        CudaStream stream = context.newStream()) {
      MemorySegment host = pinned.segment();
      assertEquals(POISON, host.get(ValueLayout.JAVA_INT, 0));
      MemorySegment target = arena.allocate(8);
      stream.read(memory, 0, target);
      stream.synchronize();
      assertEquals(POISON, target.get(ValueLayout.JAVA_INT, 0), "new memory is poison");

      host.set(ValueLayout.JAVA_INT, 0, 1);
      stream.write(host, memory, 0);
      // Too early: the copy has not been made.
      host.set(ValueLayout.JAVA_INT, 0, 2);
      target.set(ValueLayout.JAVA_INT, 0, 3);
      stream.read(memory, 0, target);
      assertEquals(POISON, target.get(ValueLayout.JAVA_INT, 0), "read before waiting");
      stream.synchronize();
      assertEquals(2, target.get(ValueLayout.JAVA_INT, 0), "written to before waiting");
    }
  }

  @Test
  void aStreamWaitsForAnotherOnesMark() {
    MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
    try (DeviceMemory memory = context.allocate(4);
        CudaStream first = context.newStream();
        CudaStream second = context.newStream();
        CudaEvent event = context.newEvent(false)) {
      first.fill(memory, 0, 4, (byte) 5);
      first.record(event);
      second.await(event);
      second.read(memory, 0, out);
      second.synchronize();
      assertEquals(0x05050505, out.get(ValueLayout.JAVA_INT, 0));
    }
  }

  @Test
  void whatIsNotAllowedIsRefused() {
    assumeTrue(standIn(), "skipped: a real driver may let some of it pass");
    try (DeviceMemory memory = context.allocate(100);
        CudaStream stream = context.newStream();
        CudaEvent untimed = context.newEvent(false)) {
      assertRefused(
          "CUDA_ERROR_INVALID_IMAGE",
          () -> context.load("no image".getBytes(StandardCharsets.US_ASCII)));
      assertRefused("CUDA_ERROR_INVALID_VALUE", () -> stream.copy(memory, 0, memory, 10, 20));
      assertRefused(
          "CUDA_ERROR_INVALID_VALUE",
          () -> stream.write(MemorySegment.ofAddress(0).reinterpret(4), memory, 0));
      stream.record(untimed);
      assertRefused("CUDA_ERROR_INVALID_HANDLE", () -> untimed.millisSince(untimed));
      assertRefused(
          "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", () -> stream.capture(stream::synchronize));
      assertRefused(
          "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED",
          () -> stream.capture(() -> context.allocate(8).close()));
      assertRefused("CUDA_ERROR_OUT_OF_MEMORY", () -> context.allocate(1L << 50));
      // The stream and the context go on.
      stream.fill(memory, 0, 100, (byte) 0);
      stream.synchronize();
    }
  }

  @Test
  void registeredMemoryIsTheHostsOwn() {
    assumeTrue(standIn(), "skipped: not every GPU and every system takes it");
    MemorySegment host = arena.allocate(3L << 12, 1 << 12);
    long free = context.freeMemory();
    assertTrue(context.device().registers());
    try (DeviceMemory memory = context.register(host.asSlice(16, 4), host.asSlice(100, 8))) {
      assertEquals(host.address() + 16, memory.address());
      assertEquals(92, memory.bytes());
      assertEquals(free, context.freeMemory());
      assertRefused(
          "CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED",
          () -> context.register(host.asSlice(200, 8), host.asSlice(200, 8)));
      context.register(host.asSlice(1 << 12, 8), host.asSlice(1 << 12, 8)).close();
    }
  }

  @Test
  void memoryIsCountedAndComesBack() {
    long free = context.freeMemory();
    try (DeviceMemory memory = context.allocate(1 << 20)) {
      assertTrue(memory.address() % 256 == 0);
      assertTrue(context.freeMemory() <= free - (1 << 20));
    }
    assertEquals(free, context.freeMemory());
    assertFalse(context.device().integrated());
  }
}
