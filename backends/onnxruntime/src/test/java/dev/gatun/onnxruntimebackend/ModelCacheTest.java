package dev.gatun.onnxruntimebackend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.formats.onnx.lower.ExportOptions;
import dev.gatun.formats.onnx.lower.OnnxExport;
import dev.gatun.graph.Graph;
import dev.gatun.onnxruntime.NodeAssignment;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.Executable.NodePlacement;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.TestContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Optimized models are kept, used, and made again when they are damaged or of another model. */
class ModelCacheTest {
  /** The library lies under it, of which a process can have one copy. */
  private final TestContext context = new TestContext(1, Map.of(Settings.HOME, "target/home"));

  @TempDir private Path folder;
  private Host host;

  @BeforeEach
  void open() {
    assertTrue(Jar.probe(context).able());
    host = context.shared(Host.class, () -> Host.open(context));
  }

  @AfterEach
  void close() {
    context.close();
  }

  private Executable compile(Graph graph) {
    var target = new Target.One(host.devices().getFirst(), Map.of());
    SessionFactory standard = SessionFactory.of(host, target, context, CompileOptions.DEFAULT);
    var factory =
        new SessionFactory(
            host,
            target,
            false,
            1,
            standard.optimization(),
            true,
            Optional.of(new ModelCache(folder)));
    Graph slice = GraphSlice.whole(graph).graph();
    return new ModelExecutable(
        "onnxruntime:CPU",
        host,
        slice,
        GraphModel.of(slice, java.util.Set.of(), ExportOptions.DEFAULT),
        factory,
        List.of());
  }

  /** Where the nodes are, and the first number of the output for a row of ones. */
  private String run(Graph graph) {
    long handles = host.runtime().live().total();
    String result;
    try (Executable executable = compile(graph);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 1, 1, 1))) {
      var ones = new float[1024];
      java.util.Arrays.fill(ones, 1);
      var batch = new Batch(0);
      batch.set("a", Tensor.ofFloats(Shape.of(1, 1024), ones));
      session.submit(batch).await();
      MemorySegment y = session.buffer(graph.outputs().getFirst()).hostView().orElseThrow();
      List<String> units = executable.placement().stream().map(NodePlacement::unit).toList();
      result = units + " " + y.get(ValueLayout.JAVA_FLOAT, 4 * 1023);
    }
    assertEquals(handles, host.runtime().live().total(), "handles that were not closed");
    return result;
  }

  private List<Path> kept() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".model")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void age(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
  }

  private static boolean isOld(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toMillis() == 1_000_000;
  }

  @Test
  void whatWasOptimizedOnceIsMapped() throws IOException {
    String first = run(TestModels.product(2));
    assertEquals("[CPUExecutionProvider.MatMul] 2.0", first);
    assertEquals(1, kept().size());
    age(kept().getFirst());
    assertEquals(first, run(TestModels.product(2)));
    assertFalse(isOld(kept().getFirst()), "it was not used");
    assertEquals("[CPUExecutionProvider.MatMul] 3.0", run(TestModels.product(3)));
    assertEquals(2, kept().size());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count(), "unfinished files");
    }
  }

  @Test
  void whatIsDamagedIsMadeAgain() throws IOException {
    String first = run(TestModels.product(2));
    Path model = kept().getFirst();
    byte[] good = Files.readAllBytes(model);
    for (long at : new long[] {100, good.length / 2, good.length - 1}) {
      try (FileChannel channel = FileChannel.open(model, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[] {(byte) (good[(int) at] ^ 0x55)}), at);
      }
      assertEquals(first, run(TestModels.product(2)));
      assertArrayEquals(good, Files.readAllBytes(model), "damaged at " + at);
    }
    Files.write(model, java.util.Arrays.copyOf(good, 1000));
    assertEquals(first, run(TestModels.product(2)));
    assertArrayEquals(good, Files.readAllBytes(model));
  }

  @Test
  void whatTheLibraryCannotReadIsMadeAgain() throws IOException {
    String first = run(TestModels.product(2));
    Path model = kept().getFirst();
    Files.write(model, new byte[5000]);
    OptimizedModel.seal(model, List.of());
    try (Arena arena = Arena.ofConfined()) {
      assertTrue(OptimizedModel.read(model, arena).isPresent(), "its checksum is right");
    }
    assertEquals(first, run(TestModels.product(2)));
    assertTrue(Files.size(model) > ModelCache.LEAST_BYTES);
    assertEquals(first, run(TestModels.product(2)));
  }

  @Test
  void aFileThatChangedIsAnotherModel() throws IOException {
    Path path = folder.resolve("product.onnx");
    OnnxExport.lower(TestModels.product(2), ExportOptions.DEFAULT).write(path);
    for (int i = 0; i < 2; i++) {
      try (OnnxFile file = OnnxFile.open(path)) {
        assertEquals("[CPUExecutionProvider.MatMul] 2.0", run(OnnxImport.graph(file)));
      }
      assertEquals(1, kept().size());
    }
    OnnxExport.lower(TestModels.product(3), ExportOptions.DEFAULT).write(path);
    age(path);
    try (OnnxFile file = OnnxFile.open(path)) {
      assertEquals("[CPUExecutionProvider.MatMul] 3.0", run(OnnxImport.graph(file)));
    }
    assertEquals(2, kept().size());
  }

  @Test
  void smallModelsAreNotKept() {
    try (Executable executable = compile(TestModels.sum())) {
      assertEquals(1, executable.placement().size());
    }
    assertEquals(List.of(), kept());
  }

  @Test
  void aFolderThatCannotBeWrittenIsNoFailure() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    folder = file;
    assertEquals("[CPUExecutionProvider.MatMul] 2.0", run(TestModels.product(2)));
  }

  @Test
  void theLeastUsedGo() throws IOException {
    var cache = new ModelCache(folder);
    Path left = cache.part().orElseThrow();
    age(Files.createFile(left));
    for (int i = 0; i < 10; i++) {
      Path part = cache.part().orElseThrow();
      Files.write(part, new byte[] {1, 2, 3});
      cache.put("key" + i, part, List.of(new NodeAssignment("n", "", "Add", "CPU", i)));
      Files.setLastModifiedTime(
          folder.resolve("key" + i + ".model"), FileTime.fromMillis(1000L * i));
    }
    assertEquals(8, kept().size());
    assertFalse(Files.exists(left), "what a killed process has left");
    try (Arena arena = Arena.ofConfined()) {
      assertTrue(cache.find("key0", arena).isEmpty());
      OptimizedModel found = cache.find("key9", arena).orElseThrow();
      assertEquals(List.of(new NodeAssignment("n", "", "Add", "CPU", 9)), found.assignments());
      assertArrayEquals(new byte[] {1, 2, 3}, found.model().toArray(ValueLayout.JAVA_BYTE));
    }
  }
}
