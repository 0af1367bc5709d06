package dev.gatun.openvinobackend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.openvino.CompiledModel;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.TestContext;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings arrive where OpenVINO reads them, and its composed devices run on this processor. */
class DeviceSettingsTest {
  /** Compiles a sum with settings, runs it, and lets a test look at what was compiled. */
  private static void run(Map<String, String> settings, Consumer<OpenVinoExecutable> look) {
    GraphBuilder builder = new GraphBuilder("doubled");
    Value x = builder.input("x", DType.F32, Dim.of(2));
    builder.output(builder.add("y", x, x));
    Graph graph = builder.build();
    try (TestContext context = new TestContext(1, settings)) {
      Installed.require(context);
      Probe probe = new OpenVinoProvider().probe(context);
      assertTrue(probe.able(), () -> probe.last().toString());
      Device device = probe.devices().getFirst();
      try (Executable executable =
              device.compile(GraphSlice.whole(graph), List.of(), CompileOptions.DEFAULT);
          ExecutableSession session = executable.newSession(new SessionOptions(1, 1, 1, 1))) {
        Batch batch = new Batch(0);
        batch.set("x", Tensor.ofFloats(Shape.of(2), 1, 2));
        session.submit(batch).await();
        MemorySegment y = MemorySegment.ofArray(new float[2]);
        session.buffer(graph.outputs().getFirst()).read(0, y).await();
        assertArrayEquals(new float[] {2, 4}, y.toArray(ValueLayout.JAVA_FLOAT));
        look.accept((OpenVinoExecutable) executable);
      }
    }
  }

  private static CompiledModel compiled(OpenVinoExecutable executable) {
    return executable.anyVariant().compiled();
  }

  @Test
  void composedDevicesRunOnTheProcessor() {
    for (String name : List.of("CPU", "AUTO", "AUTO:CPU", "HETERO:CPU")) {
      run(
          Map.of(OpenVinoSettings.DEVICE, name),
          executable -> {
            assertEquals("openvino:" + name, executable.target().info().id());
            assertEquals("openvino.CPU.ir", executable.placement().getFirst().unit());
          });
    }
  }

  @Test
  void theHintArrives() {
    for (String hint : List.of("latency", "throughput")) {
      run(
          Map.of(OpenVinoSettings.HINT, hint),
          executable ->
              assertEquals(
                  hint.toUpperCase(Locale.ROOT),
                  compiled(executable).property("PERFORMANCE_HINT")));
    }
  }

  @Test
  void theNumberOfThreadsArrives() {
    run(
        Map.of(),
        executable -> assertEquals("1", compiled(executable).property("INFERENCE_NUM_THREADS")));
  }

  @Test
  void compiledModelsAreKeptWhereTheCacheIsOn(@TempDir Path home) throws IOException {
    // A home of its own has no library: that of this machine is named.
    String library;
    try (TestContext context = new TestContext(1, Map.of())) {
      Installed.require(context);
      // How it was found, and the file.
      String place = OpenVinoProvider.load(context).core().orElseThrow().library().place();
      library = place.substring(place.lastIndexOf(' ') + 1);
    }
    var settings =
        Map.of(
            Settings.HOME,
            home.toString(),
            OpenVinoSettings.LIBRARY,
            library,
            OpenVinoSettings.CACHE,
            "on");
    run(settings, executable -> assertTrue(executable.weightBytes() == 0));
    Path folder = home.resolve("cache").resolve("openvino");
    assertTrue(Files.isDirectory(folder));
    try (Stream<Path> files = Files.list(folder)) {
      assertTrue(files.anyMatch(file -> file.toString().endsWith(".blob")));
    }
    run(settings, executable -> assertTrue(executable.weightBytes() == 0));
  }
}
