package dev.gatun.cudabackend;

import dev.gatun.gpuengine.GpuSelfTest;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Concat;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCounters;
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
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A program that uses the backend on a machine which the stand-in's environment describes: it runs
 * in a process of its own, which is how the environment gets there, and prints what it sees.
 */
final class Machine {
  private final Map<String, String> environment = new TreeMap<>();

  /** Sets {@code GATUN_CUDA_STANDIN_name}. */
  Machine with(String name, long value) {
    environment.put("GATUN_CUDA_STANDIN_" + name, Long.toString(value));
    return this;
  }

  /** Sets {@code GATUN_NVML_STANDIN_name}. */
  Machine withNvml(String name, long value) {
    environment.put("GATUN_NVML_STANDIN_" + name, Long.toString(value));
    return this;
  }

  /** Runs {@link #main}; returns its lines. */
  List<String> run(String program) throws IOException, InterruptedException {
    String classes =
        String.join(
            System.getProperty("path.separator"),
            Path.of("target", "test-classes").toAbsolutePath().toString(),
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path", ""));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-Dgatun.cuda.library=" + StandIn.driver(),
            "-D" + Settings.NVML_LIBRARY + "=" + StandIn.nvml(),
            "-cp",
            classes,
            Machine.class.getName(),
            program);
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    process.waitFor();
    return lines;
  }

  /** One of the programs. */
  public static void main(String[] arguments) {
    try (TestContext context = StandIn.context()) {
      switch (arguments[0]) {
        case "list" -> list(context);
        case "allocate" -> allocate(context);
        case "twice" -> twice(context);
        case "meter" -> meter(context);
        case "mapped" -> mapped(context);
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }
    System.out.println("end");
  }

  /** The devices, and what is wrong with each. */
  private static void list(TestContext context) {
    Probe probe = new CudaBackendProvider().probe(context);
    System.out.println(probe.last().reason() + " | " + probe.last().remedy());
    for (Device device : probe.devices()) {
      try (device) {
        System.out.println(
            device.info().id()
                + " "
                + device.info().properties().get("architecture")
                + " "
                + GpuSelfTest.problem(device).orElse("computes"));
      } catch (BackendException e) {
        System.out.println(device.info().id() + " " + e.getMessage());
      }
    }
  }

  /** Takes megabytes until there are none, gives them back, and takes one again. */
  private static void allocate(TestContext context) {
    CudaLibraries libraries = CudaLibraries.load(context).libraries().orElseThrow();
    try (CudaGpu gpu = CudaBackendProvider.gpus(libraries, context).getFirst()) {
      List<GpuMemory> pieces = new java.util.ArrayList<>();
      try {
        while (true) {
          pieces.add(gpu.allocate(4 << 20));
        }
      } catch (BackendException e) {
        System.out.println(pieces.size() + " " + e.getMessage());
      }
      pieces.forEach(GpuMemory::close);
      // Larger than any kept piece: the pool gives back what it keeps.
      gpu.allocate(6 << 20).close();
      System.out.println("free " + gpu.freeBytes());
    }
  }

  /** Puts two constants of a mapped file behind x, and says what they take beside the file. */
  private static void mapped(TestContext context) {
    float[] numbers = {1, 2, 3, 4};
    int bytes = numbers.length * Float.BYTES;
    try (Device device = new CudaBackendProvider().probe(context).devices().getFirst();
        Arena arena = Arena.ofShared()) {
      MemorySegment file = file(numbers, arena);
      Shape shape = Shape.of(numbers.length);
      GraphBuilder builder = new GraphBuilder("mapped");
      Value x = builder.input("x", DType.F32, Dim.of(numbers.length));
      Value a = builder.constant("a", new Tensor(DType.F32, shape, file.asSlice(0, bytes)));
      Value b = builder.constant("b", new Tensor(DType.F32, shape, file.asSlice(bytes, bytes)));
      builder.output(builder.node("all", new Concat(0), x, a, b));
      Graph graph = builder.build();
      try (Executable executable =
              device.compile(GraphSlice.whole(graph), List.of(), CompileOptions.DEFAULT);
          ExecutableSession session = executable.newSession(new SessionOptions(1, 1, 1, 1))) {
        Batch batch = new Batch(0);
        batch.set("x", Tensor.ofFloats(shape, numbers));
        session.submit(batch).await();
        float[] all = new float[3 * numbers.length];
        MemorySegment result = MemorySegment.ofArray(all);
        session.buffer(graph.outputs().getFirst()).read(0, result).await();
        System.out.println(executable.weightBytes() + " " + Arrays.toString(all));
      }
    }
  }

  /** A mapped file of numbers, and of ten times them. */
  private static MemorySegment file(float[] numbers, Arena arena) {
    ByteBuffer content = ByteBuffer.allocate(2 * numbers.length * Float.BYTES);
    content.order(ByteOrder.nativeOrder());
    for (int factor : new int[] {1, 10}) {
      for (float number : numbers) {
        content.putFloat(factor * number);
      }
    }
    try {
      Path file = Files.createTempFile("gatun", ".weights");
      try {
        Files.write(file, content.array());
        try (FileChannel channel = FileChannel.open(file)) {
          return channel.map(FileChannel.MapMode.READ_ONLY, 0, content.capacity(), arena);
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What NVML tells of each device. */
  private static void meter(TestContext context) {
    CudaLibraries libraries = CudaLibraries.load(context).libraries().orElseThrow();
    for (CudaGpu gpu : CudaBackendProvider.gpus(libraries, context)) {
      try (gpu) {
        DeviceCounters counters = gpu.counters();
        System.out.printf(
            "%s %s %s %s %s%n",
            counters.joules().isPresent(),
            counters.withoutJoules(),
            counters.megahertz(),
            counters.celsius(),
            counters.wattsAtMost());
      }
    }
  }

  /** Computes two times on one device. */
  private static void twice(TestContext context) {
    Device device = new CudaBackendProvider().probe(context).devices().getFirst();
    try (device) {
      for (int i = 0; i < 2; i++) {
        try {
          System.out.println(GpuSelfTest.problem(device).orElse("computes"));
        } catch (BackendException e) {
          System.out.println(e.getMessage());
        }
      }
    }
    list(context);
  }
}
