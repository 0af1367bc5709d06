package dev.gatun.openvinobackend;

import dev.gatun.graph.Graph;
import dev.gatun.graph.State;
import dev.gatun.openvinobackend.lower.LoweringOptions;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.tensor.DType;
import java.util.Map;
import java.util.TreeMap;

/**
 * A device with the settings that compilations for it share.
 *
 * @param name as OpenVINO calls it
 * @param fixed whether everything is compiled for one size at a time
 */
record Target(
    DeviceInfo info,
    String name,
    SharedCore core,
    OpenVinoSettings settings,
    ProbeContext context,
    boolean fixed) {
  /** Whether products with compressed weights round activations to 8 bits. */
  boolean rounds(CompileOptions options) {
    return info.kind() == DeviceInfo.Kind.CPU && settings.roundsActivations(options);
  }

  /** How products read weights whose format has minima. */
  LoweringOptions.Minima minima(CompileOptions options) {
    return settings.minima(rounds(options));
  }

  /**
   * Whether a submission only begins a run of a graph without state: where several sessions are to
   * run at once. Otherwise a change of threads would cost more than it gives.
   */
  boolean startsRuns() {
    return info.kind() != DeviceInfo.Kind.CPU || settings.hint().equals("THROUGHPUT");
  }

  /** Properties of a compilation (docs.openvino.ai, "Query Device Properties"). */
  Map<String, String> properties(Graph graph, CompileOptions options) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("PERFORMANCE_HINT", settings.hint());
    if (!settings.precision().equals("device")) {
      properties.put("INFERENCE_PRECISION_HINT", settings.precision());
    }
    if (options.profile()) {
      properties.put("PERF_COUNT", "YES");
    }
    if (info.kind() == DeviceInfo.Kind.CPU) {
      String threads = options.choices().get(Tunable.THREADS);
      properties.put(
          "INFERENCE_NUM_THREADS", threads == null ? Integer.toString(context.threads()) : threads);
      properties.put("DYNAMIC_QUANTIZATION_GROUP_SIZE", rounds(options) ? "32" : "0");
      graph.states().stream()
          .map(State::spec)
          .findFirst()
          .ifPresent(spec -> properties.put("KV_CACHE_PRECISION", cachePrecision(spec.dtype())));
    }
    boolean cached = settings.cache(info.kind() != DeviceInfo.Kind.CPU);
    if (cached) {
      properties.put("CACHE_DIR", context.home().resolve("cache").resolve("openvino").toString());
    }
    return properties;
  }

  /** The nearest that the device stores: its 8 bits are not ours. */
  private static String cachePrecision(DType dtype) {
    return switch (dtype) {
      case F32 -> "f32";
      case F16 -> "f16";
      default -> "u8";
    };
  }
}
