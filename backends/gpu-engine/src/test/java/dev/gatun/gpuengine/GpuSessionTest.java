package dev.gatun.gpuengine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.gpuengine.driver.GpuLimits.Matrices;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.StridedSlice;
import dev.gatun.graph.op.Unique;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.Largest;
import dev.gatun.runtime.spi.Roofline;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.TestContext;
import dev.gatun.testkit.TinyModel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What sessions ask of a GPU; the results are the conformance suite's. */
class GpuSessionTest {
  private static final int BATCH = 64;

  private TestContext context = new TestContext(1);
  private CountingGpu gpu = new CountingGpu(Matrices.NONE);
  private final Batch batch = new Batch(BATCH);
  private int position;

  private GpuDevice device() {
    return new GpuDevice(
        new DeviceInfo("test:0", "test", DeviceInfo.Kind.GPU, "none", 1L << 30, Map.of()),
        50,
        gpu,
        context);
  }

  @AfterEach
  void close() {
    context.close();
  }

  private static Executable compile(GpuDevice device, TinyModel.Kind kind) {
    return compile(device, TinyModel.of(kind).graph(), CompileOptions.DEFAULT);
  }

  private static Executable compile(GpuDevice device, Graph graph, CompileOptions options) {
    List<ShapeProfile> profiles =
        List.of(
            new ShapeProfile(
                "all",
                Map.of(
                    Batch.TOKENS, new ShapeProfile.Range(1, BATCH, BATCH),
                    Batch.ROWS, new ShapeProfile.Range(1, 1, BATCH))));
    return device.compile(GraphSlice.whole(graph), profiles, options);
  }

  private void tell(ExecutableSession session, int tokens) {
    batch.clear();
    for (int i = 0; i < tokens; i++) {
      batch.add(5, position++, 0, i == tokens - 1);
    }
    session.submit(batch).await();
  }

  @Test
  void decodingIsRecordedOnceAndReplayed() {
    try (GpuDevice device = device();
        Executable executable = compile(device, TinyModel.Kind.LLAMA);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 512, BATCH, 1))) {
      session.openSequence(0);
      tell(session, 20);
      tell(session, 1);
      assertEquals(0, gpu.recorded);
      gpu.launched.clear();
      tell(session, 1);
      List<String> recorded = List.copyOf(gpu.launched);
      int allocated = gpu.allocated;
      for (int i = 0; i < 10; i++) {
        gpu.launched.clear();
        tell(session, 1);
        assertEquals(recorded, gpu.launched, "token " + i);
      }
      assertEquals(1, gpu.recorded);
      assertEquals(11, gpu.replayed);
      assertEquals(allocated, gpu.allocated, "decoding allocates nothing");
    }
  }

  @Test
  void theKernelsFitTheNumberOfTokens() {
    try (GpuDevice device = device();
        Executable executable = compile(device, TinyModel.Kind.LLAMA);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 1024, BATCH, 1))) {
      session.openSequence(0);
      tell(session, 20);
      assertTrue(gpu.launched.contains("matmul_f32"));
      assertTrue(gpu.launched.contains("attention_blocks_f32"));
      gpu.launched.clear();
      tell(session, 1);
      assertFalse(gpu.launched.contains("matmul_f32"));
      assertTrue(gpu.launched.contains("attention_f32"));
      while (position < 600) {
        tell(session, BATCH);
      }
      gpu.launched.clear();
      tell(session, 1);
      assertTrue(gpu.launched.contains("attention_split_f32"));
      assertTrue(gpu.launched.contains("attention_combine"));
      assertFalse(gpu.launched.contains("attention_f32"));
    }
  }

  @Test
  void theLargestLogitsAreReadWithoutTheRow() {
    Graph graph = TinyModel.of(TinyModel.Kind.LLAMA).graph();
    try (GpuDevice device = device();
        Executable executable = compile(device, graph, CompileOptions.DEFAULT);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 512, BATCH, 1))) {
      session.openSequence(0);
      tell(session, 1);
      assertEquals(0, gpu.readBytes, "nothing is read that nobody asks for");
      Buffer logits = session.buffer(graph.outputs().getFirst());
      Largest largest = new Largest(5);
      assertTrue(logits.largest(0, TinyModel.VOCABULARY, largest));
      assertEquals(5 * 8, gpu.readBytes);
      assertEquals(5, largest.size());
      int allocated = gpu.allocated;
      gpu.launched.clear();
      assertTrue(logits.largest(0, TinyModel.VOCABULARY, largest));
      assertEquals(List.of("largest"), gpu.launched);
      assertEquals(allocated, gpu.allocated);
      assertFalse(logits.largest(0, TinyModel.VOCABULARY, new Largest(1000)));
    }
    assertEquals(0, gpu.live);
  }

  @Test
  void columnsOfOneProductAreReadWhereTheyAre() {
    Graph graph = TinyModel.of(TinyModel.Kind.PHI).graph();
    try (GpuDevice device = device();
        Executable executable = compile(device, graph, CompileOptions.DEFAULT);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 64, BATCH, 1))) {
      session.openSequence(0);
      tell(session, 20);
    }
    assertTrue(gpu.launched.contains("gated"));
    assertFalse(gpu.launched.contains("copy_4"), gpu.launched.toString());
  }

  @Test
  void ofDataThatTellSizesOnlyTheNumbersAreRead() {
    Dim.Symbol length = new Dim.Symbol("length", 0, 1000, true);
    var builder = new GraphBuilder("slice");
    Value x = builder.input("x", DType.F32, Dim.of(1000));
    Value start = builder.input("start", DType.I64, Dim.of(1));
    Value end = builder.input("end", DType.I64, Dim.of(1));
    Value y = builder.node("slice", new StridedSlice(List.of(length)), x, start, end);
    builder.output(y);
    try (GpuDevice device = device();
        Executable executable = compile(device, builder.build(), CompileOptions.DEFAULT);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 64, BATCH, 1))) {
      var given = new Batch(0);
      given.set("x", tensor(DType.F32, 1000));
      given.set("start", tensor(DType.I64, 1, 20));
      given.set("end", tensor(DType.I64, 1, -30));
      session.submit(given).await();
      assertEquals(Shape.of(950), session.shape(y));
      assertEquals(2 * Long.BYTES, gpu.readBytes);
      assertEquals(List.of("copy_4"), gpu.launched);
      assertEquals("copy_4", executable.placement().getFirst().unit());
    }
    assertEquals(0, gpu.live);
  }

  /** Zeros but for the first number. */
  private static Tensor tensor(DType dtype, int count, long... first) {
    MemorySegment data = MemorySegment.ofArray(new byte[(int) dtype.byteSize(count)]);
    for (int i = 0; i < first.length; i++) {
      data.set(ValueLayout.JAVA_LONG_UNALIGNED, i * 8L, first[i]);
    }
    return new Tensor(dtype, Shape.of(count), data);
  }

  @Test
  void whatHasNoKernelIsRefusedWhereverItsSizesComeFrom() {
    var builder = new GraphBuilder("unique");
    Value x = builder.input("x", DType.F32, Dim.of(10));
    List<Value> found =
        builder.nodes(
            "unique",
            new Unique(OptionalInt.empty(), true, new Dim.Symbol("count", 0, 10, true)),
            List.of(x));
    builder.output(found.getFirst());
    try (GpuDevice device = device()) {
      List<Refusal> refusals = device.assess(builder.build(), List.of()).refusals();
      assertEquals(1, refusals.size());
      assertEquals(
          "no kernel tells the sizes of the results of Unique", refusals.getFirst().reason());
    }
  }

  private List<String> products(CompileOptions options) {
    Graph graph = new TinyModel(TinyModel.Kind.LLAMA, DType.Q8_0, DType.F16, 64).graph();
    position = 0;
    gpu.launched.clear();
    try (GpuDevice device = device();
        Executable executable = compile(device, graph, options);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 64, BATCH, 1))) {
      session.openSequence(0);
      tell(session, 20);
      tell(session, 1);
    }
    return gpu.launched.stream().filter(kernel -> kernel.endsWith("_q8_0")).distinct().toList();
  }

  @Test
  void productsOfManyRowsRunOnMatrixUnitsWhereThereAreSome() {
    CompileOptions single = CompileOptions.DEFAULT.withChoices(Map.of("products", "single"));
    List<String> portable = List.of("gather_rows_q8_0", "matmul_q8_0", "matvec_q8_0");
    assertEquals(portable, products(CompileOptions.DEFAULT));
    gpu = new CountingGpu(Matrices.HALF);
    assertEquals(
        List.of("gather_rows_q8_0", "matmul_mma_q8_0", "matvec_q8_0"),
        products(CompileOptions.DEFAULT));
    assertEquals(portable, products(single));
    assertEquals(
        List.of("gather_rows_q8_0", "matvec8_q8_0"),
        products(CompileOptions.DEFAULT.withDeterministic(true)));
    gpu = new CountingGpu(Matrices.SINGLE);
    assertEquals(
        List.of("gather_rows_q8_0", "matmul_simd_q8_0", "matvec_q8_0"),
        products(CompileOptions.DEFAULT));
    assertEquals(portable, products(single));
  }

  @Test
  void theLimitsAreMeasuredAndNothingStaysBehind() {
    try (GpuDevice device = device()) {
      Roofline roofline = device.roofline().orElseThrow();
      // Every run takes a nanosecond here, so the work grows to its largest.
      assertEquals(1e9 * Math.floorDiv(gpu.freeBytes(), 4), roofline.bytesPerSecond());
      assertEquals("f32", roofline.arithmetic());
      assertEquals(1e9 * (1 << 16) * 4 * 16 * 256 * 8, roofline.multiplyAddsPerSecond());
    }
    assertEquals(0, gpu.live);
  }

  @Test
  void whatTheSettingAsksForMustBeThere() {
    context = new TestContext(1, Map.of("gatun.gpu.products", "half"));
    assertTrue(
        assertThrows(BackendException.class, this::device)
            .getMessage()
            .contains("no matrix units"));
    context = new TestContext(1, Map.of("gatun.gpu.products", "double"));
    assertThrows(BackendException.class, this::device);
  }

  @Test
  void aTokenOutsideTheVocabularyNeverReachesTheDevice() {
    try (GpuDevice device = device();
        Executable executable = compile(device, TinyModel.Kind.LLAMA);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 64, BATCH, 1))) {
      session.openSequence(0);
      batch.clear();
      batch.add(TinyModel.VOCABULARY, 0, 0, true);
      BackendException e = assertThrows(BackendException.class, () -> session.submit(batch));
      assertTrue(e.getMessage().contains("tokens"), e.getMessage());
      assertEquals(List.of(), gpu.launched);
    }
  }

  @Test
  void executablesShareWeightsAndNothingStaysBehind() {
    try (GpuDevice device = device();
        Executable one = compile(device, TinyModel.Kind.GEMMA)) {
      int weights = gpu.live;
      one.newSession(new SessionOptions(4, 256, BATCH, 4)).close();
      assertEquals(weights, gpu.live, "a closed session leaves nothing");
      assertTrue(one.weightBytes() > 0);
    }
    assertEquals(0, gpu.live);
  }
}
