package dev.gatun.openvino;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.NativeCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The facade against the real library: y = x + (1, 2, 3). */
class OpenVinoTest {
  private static final Map<String, String> EXACT =
      Map.of("INFERENCE_PRECISION_HINT", "f32", "PERF_COUNT", "YES");

  private static final String MODEL =
      """
      <?xml version="1.0"?>
      <net name="add" version="11">
        <layers>
          <layer id="0" name="x" type="Parameter" version="opset1">
            <data shape="?,3" element_type="f32"/>
            <output><port id="0" precision="FP32" names="x"><dim>-1</dim><dim>3</dim></port></output>
          </layer>
          <layer id="1" name="c" type="Const" version="opset1">
            <data element_type="f32" shape="3" offset="0" size="12"/>
            <output><port id="0" precision="FP32"><dim>3</dim></port></output>
          </layer>
          <layer id="2" name="sum" type="Add" version="opset1">
            <data auto_broadcast="numpy"/>
            <input><port id="0"/><port id="1"/></input>
            <output><port id="2" precision="FP32" names="y"/></output>
          </layer>
          <layer id="3" name="result" type="Result" version="opset1">
            <input><port id="0"/></input>
          </layer>
        </layers>
        <edges>
          <edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>
          <edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
          <edge from-layer="2" from-port="2" to-layer="3" to-port="0"/>
        </edges>
      </net>
      """;

  private static MemorySegment floats(Arena arena, float... values) {
    return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
  }

  private static CompiledModel compiled(Core core, Arena arena) {
    try (Model model = core.read(MODEL, floats(arena, 1, 2, 3))) {
      return core.compile(model, "CPU", EXACT);
    }
  }

  @Test
  void runsAModelFromMemoryOverTheCallersTensors() {
    OpenVino library = InstalledLibrary.load();
    assertTrue(library.version().startsWith("2026."), library.version());
    try (Arena arena = Arena.ofConfined();
        Core core = library.newCore()) {
      assertTrue(core.devices().contains("CPU"), core.devices().toString());
      assertFalse(core.property("CPU", "FULL_DEVICE_NAME").isEmpty());
      assertFalse(core.versions("CPU").isEmpty());
      MemorySegment y = floats(arena, 0, 0, 0, 0, 0, 0);
      try (CompiledModel compiled = compiled(core, arena);
          InferRequest request = compiled.newRequest();
          NativeTensor in =
              library.tensor(
                  ElementType.F32, new long[] {2, 3}, floats(arena, 10, 20, 30, 40, 50, 60));
          NativeTensor out = library.tensor(ElementType.F32, new long[] {2, 3}, y)) {
        assertEquals("x", compiled.inputs().getFirst().name());
        assertEquals("y", compiled.outputs().getFirst().name());
        assertEquals("[0..?, 3]", compiled.inputs().getFirst().dims().orElseThrow().toString());
        assertEquals("CPU", compiled.property("EXECUTION_DEVICES"));
        request.input(0, in);
        request.output(0, out);
        request.infer();
        assertArrayEquals(new float[] {11, 22, 33, 41, 52, 63}, y.toArray(ValueLayout.JAVA_FLOAT));
        assertTrue(request.profile().stream().anyMatch(ProfiledNode::executed));
      }
    }
    assertEquals(Map.of(), library.handles().byKind());
  }

  @Test
  void runsInTheBackgroundAndCallsBack() throws InterruptedException {
    OpenVino library = InstalledLibrary.load();
    try (Arena arena = Arena.ofConfined();
        Core core = library.newCore();
        CompiledModel compiled = compiled(core, arena);
        InferRequest request = compiled.newRequest();
        NativeTensor in =
            library.tensor(ElementType.F32, new long[] {1, 3}, floats(arena, 1, 1, 1))) {
      CountDownLatch done = new CountDownLatch(1);
      request.onDone(done::countDown);
      request.tensor("x", in);
      request.start();
      request.await();
      assertTrue(done.await(10, TimeUnit.SECONDS), "no callback");
      assertTrue(request.await(1));
      try (NativeTensor out = request.output(0)) {
        assertArrayEquals(new long[] {1, 3}, out.shape());
        assertEquals(Optional.of(ElementType.F32), out.type());
        assertArrayEquals(new float[] {2, 3, 4}, out.data().toArray(ValueLayout.JAVA_FLOAT));
      }
    }
    assertEquals(0, library.handles().total());
  }

  @Test
  void shapesCanBeFixed() {
    OpenVino library = InstalledLibrary.load();
    try (Arena arena = Arena.ofConfined();
        Core core = library.newCore();
        Model model = core.read(MODEL, floats(arena, 1, 2, 3))) {
      assertTrue(model.isDynamic());
      model.reshape(Map.of("x", List.of(new Port.Range(4, 4), new Port.Range(3, 3))));
      assertFalse(model.isDynamic());
      assertEquals("[4, 3]", model.outputs().getFirst().dims().orElseThrow().toString());
    }
  }

  @Test
  void errorsCarryWhatOpenVinoSays() {
    OpenVino library = InstalledLibrary.load();
    try (Arena arena = Arena.ofConfined();
        Core core = library.newCore();
        CompiledModel compiled = compiled(core, arena);
        InferRequest request = compiled.newRequest();
        NativeTensor wrong =
            library.tensor(ElementType.F32, new long[] {1, 2}, floats(arena, 1, 1))) {
      var shape = assertThrows(NativeCallException.class, () -> request.input(0, wrong));
      assertEquals("OpenVINO", shape.library());
      assertTrue(shape.getMessage().contains("shape"), shape.getMessage());
      assertThrows(NativeCallException.class, () -> request.tensor("nobody", wrong));
      var file = assertThrows(NativeCallException.class, () -> core.read(Path.of("/no/model.xml")));
      assertTrue(file.getMessage().contains("/no/model.xml"), file.getMessage());
      assertThrows(NativeCallException.class, () -> core.property("ABACUS", "FULL_DEVICE_NAME"));
    }
    assertEquals(0, library.handles().total());
  }

  @Test
  void aTensorIsNoLargerThanItsMemory() {
    OpenVino library = InstalledLibrary.load();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = floats(arena, 1, 2);
      assertThrows(
          IllegalArgumentException.class,
          () -> library.tensor(ElementType.F32, new long[] {3}, memory));
    }
  }

  @Test
  void otherVersionsAreRefused() {
    assertEquals(Optional.empty(), OpenVino.mismatch("2026.4.1-22982-e213a147257"));
    assertEquals(Optional.empty(), OpenVino.mismatch("2026.5.0-1-x"));
    for (String other : List.of("2025.4.0-1-x", "2026.3.0-1-x", "2027.0.0-1-x", "nonsense")) {
      String reason = OpenVino.mismatch(other).orElseThrow();
      assertTrue(reason.contains(other) && reason.contains(OpenVino.VERSION), reason);
    }
  }

  @Test
  void aLibraryWithoutItsSiblingsSaysWhichIsMissing(@TempDir Path folder) throws IOException {
    Path alone = folder.resolve(OpenVino.libraryName());
    Files.copy(InstalledLibrary.file(), alone);
    // In a process of its own: here the siblings may be loaded already.
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("jdk.module.path", System.getProperty("java.class.path"))
                    + java.io.File.pathSeparator
                    + Path.of("target", "test-classes").toAbsolutePath()
                    + java.io.File.pathSeparator
                    + Path.of("target", "classes").toAbsolutePath(),
                LoadAndSay.class.getName(),
                alone.toString())
            .redirectErrorStream(true);
    String said =
        new String(command.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(said.contains("libopenvino.so"), said);
    assertTrue(said.contains("together"), said);
  }

  /** Loads the library of its argument and prints why it does not load. */
  static final class LoadAndSay {
    private LoadAndSay() {}

    public static void main(String[] arguments) {
      LibrarySearch search = new LibrarySearch("OpenVINO").candidate("test", Path.of(arguments[0]));
      System.out.println(OpenVino.load(search).failures());
    }
  }
}
