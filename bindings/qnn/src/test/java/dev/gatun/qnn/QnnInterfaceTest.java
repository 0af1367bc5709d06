package dev.gatun.qnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Platform;
import dev.gatun.qnn.QnnGraph.Elements;
import dev.gatun.qnn.QnnGraph.Quantization;
import dev.gatun.qnn.QnnGraph.Role;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
      var codes = Optional.of(new Quantization(0.5f, -3));
      QnnTensor a = graph.tensor("left", Role.INPUT, Elements.U8, codes, 2, 3, 5);
      QnnTensor b = graph.tensor("right", Role.INPUT, Elements.F32, Optional.empty(), 7);
      QnnTensor c = graph.tensor("total", Role.OUTPUT, Elements.F16, Optional.empty(), 3, 5);
      assertTrue(a.id() != b.id() && b.id() != c.id());
      graph.node("plus", "ElementWiseAdd", List.of(a, b), List.of(c));
      graph.finish();
      assertEquals(2, qnn.handles().total());
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
    contains(record, "interface.graphAddNode(");
    contains(record, "interface.graphFinalize(");
    contains(record, "interface.contextFree(");
    contains(record, "interface.backendFree(");
    Files.delete(RECORD.resolve("saver_output.c"));
    Files.deleteIfExists(RECORD.resolve("params.bin"));
    Files.delete(RECORD);
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
      QnnTensor a = graph.tensor("a", Role.INPUT, Elements.F32, Optional.empty(), 3, 4);
      QnnTensor b = graph.tensor("b", Role.INPUT, Elements.F32, Optional.empty(), 3, 4);
      QnnTensor c = graph.tensor("c", Role.OUTPUT, Elements.F32, Optional.empty(), 3, 4);
      graph.node("plus", "ElementWiseAdd", List.of(a, b), List.of(c));
      graph.finish();
      MemorySegment left = arena.allocate(a.bytes(), 64);
      MemorySegment right = arena.allocate(b.bytes(), 64);
      MemorySegment sum = arena.allocate(c.bytes(), 64);
      for (int i = 0; i < 12; i++) {
        left.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
        right.setAtIndex(ValueLayout.JAVA_FLOAT, i, 10 * i);
      }
      graph.execute(new java.util.LinkedHashMap<>(Map.of(a, left, b, right)), Map.of(c, sum));
      for (int i = 0; i < 12; i++) {
        assertEquals(11f * i, sum.getAtIndex(ValueLayout.JAVA_FLOAT, i));
      }
      assertThrows(
          IllegalArgumentException.class,
          () -> graph.execute(Map.of(a, left.asSlice(4)), Map.of(c, sum)));
      NativeCallException e =
          assertThrows(
              NativeCallException.class,
              () -> graph.node("bad", "NoSuchOperator", List.of(a), List.of(c)));
      assertTrue(e.getMessage().contains("QnnGraph_addNode bad"), e.getMessage());
    }
    assertEquals(0, qnn.handles().total());
  }

  @Test
  void anotherLibraryIsRefusedWithItsReason() throws IOException {
    Qnn.Lookup lookup =
        Qnn.load(new LibrarySearch("QNN").candidate("wrong", installed("libQnnSystem.so")));
    assertTrue(lookup.qnn().isEmpty());
    assertTrue(lookup.failures().getFirst().contains("QnnInterface_getProviders"));
  }
}
