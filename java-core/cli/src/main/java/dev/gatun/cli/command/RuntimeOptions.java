package dev.gatun.cli.command;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.GatunException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Options of every command that looks at the machine or the store. */
final class RuntimeOptions {
  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "Folder of Gatun's files (GATUN_HOME; ~/.gatun).")
  private Path home;

  @Option(names = "--offline", description = "Never touch the network.")
  private boolean offline;

  // The root reads it from the parse result, also when this object was never made.
  @SuppressWarnings("UnusedVariable")
  @Option(names = "--debug", description = "Show stack traces of errors.")
  private boolean debug;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      description = "Worker threads (the physical cores that this process may use).")
  private Integer threads;

  @Option(
      names = "--gpu-layers",
      paramLabel = "N",
      description = "Layers that GPUs take, counted from the model's end (as many as fit).")
  private Integer gpuLayers;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Override a setting gatun.AREA.NAME; may be repeated.")
  private Map<String, String> settings = Map.of();

  GatunRuntime open() {
    GatunRuntime.Builder builder = GatunRuntime.builder();
    properties().forEach(builder::property);
    return builder.build();
  }

  /** What was given, as settings by name. */
  Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>(settings);
    if (home != null) {
      properties.put(Settings.HOME, home.toString());
    }
    if (offline) {
      properties.put(Settings.OFFLINE, "true");
    }
    if (gpuLayers != null) {
      if (gpuLayers < 1) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "--gpu-layers is %d; it must be at least 1 (--backend cpu leaves GPUs out)"
                .formatted(gpuLayers));
      }
      properties.put(Settings.GPU_LAYERS, Integer.toString(gpuLayers));
    }
    if (threads != null) {
      if (threads < 1) {
        throw new GatunException(
            GatunException.Kind.USAGE, "--threads is " + threads + "; it must be at least 1");
      }
      int processors = Runtime.getRuntime().availableProcessors();
      if (threads > processors) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "--threads is %d, but this process may use %d processors; more threads would only wait for each other"
                .formatted(threads, processors));
      }
      properties.put(Settings.THREADS, Integer.toString(threads));
    }
    return properties;
  }

  /** How a device is chosen. */
  static final class PolicyOptions {
    private static final String ALL = "all";

    @Option(
        names = "--backend",
        paramLabel = "ID",
        description =
            "Require this backend or device; fail with the reason when it cannot run it. `all` compares all devices, where a command can.")
    private String backend;

    @Option(
        names = "--prefer",
        paramLabel = "IDS",
        split = ",",
        description = "Prefer these backends or devices, in this order.")
    private List<String> prefer = List.of();

    @Option(
        names = "--policy",
        paramLabel = "NAME",
        description = "auto (default), max-performance, max-efficiency.")
    private String policy;

    /** Whether every device is asked for, to compare them. */
    boolean isAll() {
      return ALL.equals(backend);
    }

    Policy policy() {
      if (isAll()) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "--backend all compares devices, which embed, classify, classify-image, vad, ocr and bench do; give the id of a backend");
      }
      int given = (backend != null ? 1 : 0) + (prefer.isEmpty() ? 0 : 1) + (policy != null ? 1 : 0);
      if (given > 1) {
        throw new GatunException(
            GatunException.Kind.USAGE, "give only one of --backend, --prefer and --policy");
      }
      if (backend != null) {
        return Policy.require(backend);
      }
      if (!prefer.isEmpty()) {
        return new Policy.Prefer(prefer);
      }
      return policy == null ? Policy.auto() : Policy.parse(policy);
    }
  }
}
