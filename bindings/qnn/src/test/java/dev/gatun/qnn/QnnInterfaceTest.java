package dev.gatun.qnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Platform;
import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.QnnOp.Parameter;
import dev.gatun.qnn.QnnTensor.Role;
import dev.gatun.qnn.Quantization.NarrowPerAxis;
import dev.gatun.qnn.Quantization.PerAxis;
import dev.gatun.qnn.Quantization.PerTensor;
import dev.gatun.qnn.generated.core.QnnMem_DeRegisterFn_t;
import dev.gatun.qnn.generated.core.QnnMem_RegisterFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import dev.gatun.qnn.generated.core.Qnn_MemDescriptor_t;
import dev.gatun.qnn.generated.core.Qnn_MemShape_t;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Our structures against Qualcomm's libraries: the recorder writes down what it understood, the
 * NPU's simulator computes.
 */
class QnnInterfaceTest {
  private static final Path RECORD = Path.of("saver_output");

  private static Qnn load(String library) throws IOException {
    Path file = installed(library);
    Qnn.Lookup lookup = Qnn.load(new LibrarySearch("QNN").candidate("installed", file));
    return lookup.qnn().orElseThrow(() -> new AssertionError(lookup.failures()));
  }

  private static Path installed(String library) throws IOException {
    String home =
        Optional.ofNullable(System.getenv("GATUN_HOME"))
            .orElse(System.getProperty("user.home") + "/.gatun");
    Path runtimes = Path.of(home, "runtimes", "qnn");
    Optional<Path> found = Optional.empty();
    if (Files.isDirectory(runtimes)) {
      try (Stream<Path> files = Files.walk(runtimes, 3)) {
        found =
            files
                .filter(file -> file.endsWith(Path.of(Platform.current(), library)))
                .max(Comparator.naturalOrder());
      }
    }
    assumeTrue(
        found.isPresent(),
        "skipped: %s is not here; `gatun runtimes install qnn` brings it".formatted(library));
    return found.get();
  }

  @Test
  void theRecorderUnderstandsEveryField() throws IOException {
    Qnn qnn = load("libQnnSaver.so");
    assertEquals("SAVER_QTI_AISW", qnn.provider());
    assertEquals(Qnn.CORE, qnn.coreVersion());
    assertTrue(qnn.buildId().startsWith("v2."), qnn.buildId());
    try (QnnBackend backend = qnn.open();
        QnnContext context = backend.newContext()) {
      QnnGraph graph = context.newGraph("sum");
      QnnTensor a =
          coded("left", Role.INPUT, Elements.CODES_U8, new PerTensor(0.5f, -3), List.of(2, 3, 5));
      QnnTensor b = QnnTensor.of("right", Role.INPUT, Elements.F32, List.of(7));
      QnnTensor c = QnnTensor.of("total", Role.OUTPUT, Elements.F16, List.of(3, 5));
      QnnTensor w =
          new QnnTensor(
              "weights",
              Role.CONSTANT,
              Elements.CODES_I8,
              Optional.of(
                  new PerAxis(1, List.of(new PerTensor(0.25f, 0), new PerTensor(0.125f, 0)))),
              List.of(1, 2),
              Optional.of(target -> target.fill((byte) 7)));
      graph.add(new QnnOp("plus", "ElementWiseAdd", List.of(a, b), List.of(c), List.of()));
      QnnTensor narrow =
          new QnnTensor(
              "narrow",
              Role.CONSTANT,
              Elements.CODES_I8,
              Optional.of(new NarrowPerAxis(4, 1, List.of(0.75f, 0.0625f))),
              List.of(1, 2),
              Optional.of(target -> target.fill((byte) 9)));
      List<Parameter> parameters =
          List.of(
              new Parameter.U32("count", 11),
              new Parameter.I32("axis", -12),
              new Parameter.F32("epsilon", 0.75f),
              new Parameter.Bool("keep", true),
              new Parameter.U32s("perm", List.of(2), List.of(21, 22)),
              new Parameter.I32s("ranges", List.of(1, 3), List.of(31, 32, -33)));
      graph.add(new QnnOp("all", "Anything", List.of(w, narrow), List.of(c), parameters));
      assertEquals(3, Set.of(graph.id(a), graph.id(b), graph.id(c)).size());
      graph.finish();
      try (QnnProfile profile = backend.newProfile()) {
        assertEquals(4, qnn.handles().total(), profile::toString);
      }
      assertEquals(3, qnn.handles().total());
    }
    assertEquals(0, qnn.handles().total());
    String record = Files.readString(RECORD.resolve("saver_output.c"));
    // Fields in the recorder's order: id, name, type, format, elements, …, rank, …
    contains(record, "_dims[] = {2, 3, 5};");
    contains(record, ".scaleOffsetEncoding = {0.5, -3}");
    contains(record, "{0, \"left\", (Qnn_TensorType_t)0, 0, (Qnn_DataType_t)1032,");
    contains(record, "{0, \"right\", (Qnn_TensorType_t)0, 0, (Qnn_DataType_t)562,");
    contains(record, "{0, \"total\", (Qnn_TensorType_t)1, 0, (Qnn_DataType_t)534,");
    // The second tensor of an array: the structures lie as far apart as the library thinks.
    contains(record, "tensor_1.v1.id, \"right\"");
    contains(record, "{\"plus\", \"qti.aisw\", \"ElementWiseAdd\", 0,");
    contains(record, "_scaleOffsets[] = {{0.25, 0}, {0.125, 0}};");
    contains(record, "_axisScaleOffset = {1, 2, ");
    contains(record, "\"weights\", (Qnn_TensorType_t)4, 0, (Qnn_DataType_t)776,");
    contains(record, "_scales[] = {0.75, 0.0625};");
    // Parameters: each kind, and the second tensor of their array.
    contains(record, "_scalar = {(Qnn_DataType_t)306, .uint32Value = 11};");
    contains(record, "_scalar = {(Qnn_DataType_t)50, .int32Value = -12};");
    contains(record, "_scalar = {(Qnn_DataType_t)562, .floatValue = 0.75};");
    contains(record, "_scalar = {(Qnn_DataType_t)1288, .bool8Value = 1};");
    contains(record, "param_0 = {(Qnn_ParamType_t)0, \"count\", ");
    contains(record, "\"all.perm\", (Qnn_TensorType_t)4, 0, (Qnn_DataType_t)306,");
    contains(record, "\"all.ranges\", (Qnn_TensorType_t)4, 0, (Qnn_DataType_t)50,");
    contains(record, "param_5 = {(Qnn_ParamType_t)1, \"ranges\", ");
    contains(record, "{\"all\", \"qti.aisw\", \"Anything\", 6,");
    contains(record, "interface.graphAddNode(");
    contains(record, "interface.graphFinalize(");
    contains(record, "interface.profileCreate(");
    contains(record, "interface.profileFree(");
    contains(record, "interface.contextFree(");
    contains(record, "interface.backendFree(");
  }

  /** The recorder writes one file in a process. */
  @AfterAll
  static void clear() throws IOException {
    Files.deleteIfExists(RECORD.resolve("saver_output.c"));
    Files.deleteIfExists(RECORD.resolve("params.bin"));
    Files.deleteIfExists(RECORD);
  }

  private static QnnTensor coded(
      String name, Role role, Elements elements, PerTensor codes, List<Integer> dims) {
    return new QnnTensor(name, role, elements, Optional.of(codes), dims, Optional.empty());
  }

  private static void run(
      QnnGraph graph,
      List<QnnTensor> inputs,
      List<MemorySegment> memory,
      QnnTensor output,
      MemorySegment result) {
    try (QnnRun run = graph.newRun(inputs, List.of(output))) {
      for (int i = 0; i < inputs.size(); i++) {
        run.input(i, memory.get(i));
      }
      run.output(0, result);
      run.execute();
    }
  }

  private static void contains(String record, String words) {
    assertTrue(record.contains(words), () -> words + " is not in " + record);
  }

  @Test
  void theSimulatorAdds() throws IOException {
    Qnn qnn = load("libQnnHtp.so");
    assertEquals("HTP_QTI_AISW", qnn.provider());
    try (QnnBackend backend = qnn.open();
        QnnContext context = backend.newContext();
        Arena arena = Arena.ofConfined()) {
      QnnGraph graph = context.newGraph("sum");
      QnnTensor a = QnnTensor.of("a", Role.INPUT, Elements.F32, List.of(3, 4));
      QnnTensor b = QnnTensor.of("b", Role.INPUT, Elements.F32, List.of(3, 4));
      QnnTensor c = QnnTensor.of("c", Role.OUTPUT, Elements.F32, List.of(3, 4));
      QnnOp plus = new QnnOp("plus", "ElementWiseAdd", List.of(a, b), List.of(c), List.of());
      assertEquals(Optional.empty(), backend.refusal(plus));
      graph.add(plus);
      graph.finish();
      MemorySegment left = arena.allocate(a.bytes(), 64);
      MemorySegment right = arena.allocate(b.bytes(), 64);
      MemorySegment sum = arena.allocate(c.bytes(), 64);
      for (int i = 0; i < 12; i++) {
        left.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
        right.setAtIndex(ValueLayout.JAVA_FLOAT, i, 10 * i);
      }
      run(graph, List.of(a, b), List.of(left, right), c, sum);
      for (int i = 0; i < 12; i++) {
        assertEquals(11f * i, sum.getAtIndex(ValueLayout.JAVA_FLOAT, i));
      }
      sum.fill((byte) 0);
      try (QnnContext again = backend.newContext(context.binary(arena))) {
        QnnGraph known = again.graph("sum", Map.of(a, graph.id(a), b, graph.id(b), c, graph.id(c)));
        run(known, List.of(a, b), List.of(left, right), c, sum);
        for (int i = 0; i < 12; i++) {
          assertEquals(11f * i, sum.getAtIndex(ValueLayout.JAVA_FLOAT, i));
        }
      }
      try (QnnRun run = graph.newRun(List.of(a, b), List.of(c));
          QnnProfile profile = backend.newProfile()) {
        run.input(0, left);
        run.input(1, right);
        run.output(0, sum);
        run.execute(profile);
        assertTrue(
            profile.events().stream()
                .flatMap(event -> event.parts().stream())
                .anyMatch(event -> event.identifier().startsWith("plus:OpId_")),
            () -> profile.events().toString());
        assertThrows(IllegalArgumentException.class, () -> run.input(0, left.asSlice(4)));
      }
      QnnOp bad = new QnnOp("bad", "NoSuchOperator", List.of(a), List.of(c), List.of());
      String refusal = backend.refusal(bad).orElseThrow();
      assertTrue(refusal.contains("NoSuchOperator"), refusal);
      NativeCallException e = assertThrows(NativeCallException.class, () -> graph.add(bad));
      assertTrue(e.getMessage().contains("QnnGraph_addNode bad"), e.getMessage());
      assertTrue(e.getMessage().contains("finalized"), e.getMessage());
    }
    assertEquals(0, qnn.handles().total());
  }

  /** Takes memory as an NPU's library would: no library here does. */
  private static final class Registry {
    private final List<String> told = new ArrayList<>();

    long register(MemorySegment context, MemorySegment descriptors, int count, MemorySegment out) {
      MemorySegment one = Pointers.view(descriptors, Qnn_MemDescriptor_t.sizeof());
      MemorySegment shape = Qnn_MemDescriptor_t.memShape(one);
      int rank = Qnn_MemShape_t.numDim(shape);
      int[] dims =
          Pointers.view(Qnn_MemShape_t.dimSize(shape), 4L * rank).toArray(ValueLayout.JAVA_INT);
      told.add(
          "%d of %s, type %d, kind %d"
              .formatted(
                  count,
                  Arrays.toString(dims),
                  Qnn_MemDescriptor_t.dataType(one),
                  Qnn_MemDescriptor_t.memType(one)));
      Pointers.view(out, ValueLayout.ADDRESS.byteSize())
          .set(ValueLayout.ADDRESS, 0, MemorySegment.ofAddress(Qnn_MemDescriptor_t.fd(one)));
      return 0;
    }

    long deregister(MemorySegment handles, int count) {
      told.add("%d given back".formatted(count));
      return 0;
    }
  }

  /**
   * Neither the simulator nor the recorder takes shared memory. The recorder's two functions are
   * replaced; of a run it says then that it understood whose memory its tensors have.
   */
  @Test
  void tensorsMayLieInSharedMemory() throws IOException, ReflectiveOperationException {
    Qnn real = load("libQnnSaver.so");
    RpcStandIn fastRpc = new RpcStandIn();
    Registry registry = new Registry();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment table = arena.allocate(QnnTable.layout()).copyFrom(real.table());
      QnnTable.memRegister(table, QnnMem_RegisterFn_t.allocate(registry::register, arena));
      QnnTable.memDeRegister(table, QnnMem_DeRegisterFn_t.allocate(registry::deregister, arena));
      Qnn qnn = real.with(table);
      try (QnnBackend backend = qnn.open();
          QnnContext context = backend.newContext()) {
        QnnGraph graph = context.newGraph("shared");
        QnnTensor a = QnnTensor.of("a", Role.INPUT, Elements.F16, List.of(3, 4));
        QnnTensor b = QnnTensor.of("b", Role.OUTPUT, Elements.F16, List.of(3, 4));
        graph.add(new QnnOp("exp", "ElementWiseExp", List.of(a), List.of(b), List.of()));
        graph.finish();
        RpcMemory memory = fastRpc.memory(arena);
        try (RpcMemory.Buffer in = memory.allocate(a.bytes());
            RpcMemory.Buffer out = memory.allocate(b.bytes());
            QnnMemory first = context.share(a, in);
            QnnMemory second = context.share(b, out);
            QnnRun run = graph.newRun(List.of(a), List.of(b))) {
          in.memory().fill((byte) 1);
          run.input(0, first);
          run.output(0, second);
          NativeCallException e = assertThrows(NativeCallException.class, run::execute);
          assertTrue(e.getMessage().contains("MemHandle is not supported"), e.getMessage());
          assertThrows(
              IllegalArgumentException.class,
              () -> context.share(QnnTensor.of("c", Role.INPUT, Elements.F32, List.of(9)), in));
        }
        assertThrows(IllegalArgumentException.class, () -> memory.allocate(1L << 31));
      }
      assertEquals(0, qnn.handles().total());
    }
    assertEquals(0, fastRpc.live());
    String told = "1 of [3, 4], type 534, kind 1";
    assertEquals(List.of(told, told, "1 given back", "1 given back"), registry.told);
  }

  @Test
  void theNpusPartIsLookedForBesideTheLibrary() {
    assumeTrue(!Platform.current().startsWith("windows"), "skipped: Windows finds it by itself");
    Optional<String> before = SkeletonPath.current();
    SkeletonPath.announce(Path.of("/a/folder/libQnnHtp.so"));
    // What the user has set stays.
    assertEquals(before.or(() -> Optional.of("/a/folder")), SkeletonPath.current());
    SkeletonPath.announce(Path.of("/another/libQnnHtp.so"));
    assertEquals(before.or(() -> Optional.of("/a/folder")), SkeletonPath.current());
  }

  @Test
  void theSimulatorTakesWishesAboutClocks() throws IOException {
    Qnn qnn = load("libQnnHtp.so");
    try (QnnBackend backend = qnn.open()) {
      long before = qnn.handles().total();
      for (QnnPower.Profile profile : QnnPower.Profile.values()) {
        try (QnnPower power = backend.newPower(profile)) {
          assertEquals(before + 1, qnn.handles().total(), power::toString);
        }
      }
      assertEquals(before, qnn.handles().total());
    }
    Qnn recorder = load("libQnnSaver.so");
    try (QnnBackend backend = recorder.open()) {
      assertThrows(
          NativeCallException.class, () -> backend.newPower(QnnPower.Profile.BURST), "no NPU");
    }
  }

  @Test
  void anotherLibraryIsRefusedWithItsReason() throws IOException {
    Qnn.Lookup lookup =
        Qnn.load(new LibrarySearch("QNN").candidate("wrong", installed("libQnnSystem.so")));
    assertTrue(lookup.qnn().isEmpty());
    assertTrue(lookup.failures().getFirst().contains("QnnInterface_getProviders"));
  }
}
