package dev.gatun.cudabackend;

import dev.gatun.gpuengine.GpuSelfTest;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCounters;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.testkit.TestContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
            "-D" + GpuMeter.LIBRARY + "=" + StandIn.nvml(),
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
