package dev.gatun.cli.command;

import dev.gatun.bench.task.ModelKind;
import dev.gatun.bench.task.Rooflines;
import dev.gatun.bench.trace.Trace;
import dev.gatun.bench.trace.TraceFile;
import dev.gatun.bench.trace.Tracer;
import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.pipelines.LanguageModel;
import dev.gatun.pipelines.LoadOptions;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.plan.NodeProfile;
import dev.gatun.runtime.spi.Roofline;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Records one run. */
@Command(
    name = "trace",
    mixinStandardHelpOptions = true,
    description = {
      "Records one warm run of a model: a file that Perfetto (ui.perfetto.dev) and chrome://tracing"
          + " open,",
      "with a track per device and worker, and a table of the nodes that took the most time.",
      "Language models: a prompt and tokens after it; ONNX networks: one run on made-up inputs."
    })
public final class TraceCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL", description = "Name or file of a model, GGUF or ONNX.")
  private String model;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Where the timeline goes (${DEFAULT-VALUE}).")
  private Path file = Path.of("trace.json");

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "N",
      description = "Language models: tokens of the prompt (${DEFAULT-VALUE}).")
  private int prompt = 64;

  @Option(
      names = {"-n", "--generate"},
      paramLabel = "N",
      description = "Language models: tokens after it (${DEFAULT-VALUE}).")
  private int steps = 4;

  @Option(names = "--top", paramLabel = "N", description = "Rows of the table (${DEFAULT-VALUE}).")
  private int top = 20;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private ShapeOptions shapes;
  @Mixin private ModelOptions modelOptions;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  /** A trace, and the limits of the device that made it. */
  private record Recorded(Trace trace, Optional<Roofline> roofline) {}

  @Override
  public Integer call() {
    var output = new Output(spec);
    if (prompt < 1 || steps < 0 || top < 1) {
      throw new GatunException(
          GatunException.Kind.USAGE, "-p and --top must be at least 1, -n cannot be negative");
    }
    try (GatunRuntime runtime = runtimeOptions.open()) {
      LocatedModel located = Loading.locate(runtime, model, output);
      Recorded recorded =
          ModelKind.of(located) == ModelKind.LANGUAGE
              ? language(runtime, located)
              : network(runtime, located);
      try {
        AtomicFile.write(file, TraceFile.of(recorded.trace()).getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new GatunException(
            GatunException.Kind.FAILURE,
            "%s cannot be written (%s)".formatted(file, GatunException.reason(e)),
            e);
      }
      print(recorded, output);
      if (recorded.trace().nodes().isEmpty()) {
        output.note("gatun: the device tells no time per node of this model");
      }
      if (recorded.trace().earlier()) {
        output.note(
            "gatun: the device ends its record when it is read: times of nodes are means of the"
                + " runs before");
      }
      output.note("gatun: wrote " + file);
      return 0;
    }
  }

  private Recorded language(GatunRuntime runtime, LocatedModel located) {
    LoadOptions options = modelOptions.load().withProfile(true);
    if (options.batch() > 0 && options.batch() < prompt) {
      throw new GatunException(
          GatunException.Kind.USAGE, "the prompt of -p is one block: raise --batch or lower -p");
    }
    if ((long) prompt + steps > LanguageModel.contextLength(located, options)) {
      throw new GatunException(
          GatunException.Kind.USAGE, "-p and -n do not fit the context; raise --ctx");
    }
    LoadOptions fitting = options.withBatch(Math.max(prompt, LoadOptions.DEFAULT_BATCH));
    try (LanguageModel loaded = LanguageModel.load(runtime, located, fitting)) {
      return new Recorded(
          Tracer.language(loaded, prompt, steps), Rooflines.near(runtime, loaded.plan().explain()));
    }
  }

  private Recorded network(GatunRuntime runtime, LocatedModel located) {
    ModelFolder folder = ModelFolder.of(located);
    NetworkSpec network =
        NetworkSpec.usual(
                folder.network("model.onnx"), modelOptions.policy.policy(), shapes.shapes())
            .withProfile(true);
    try (OnnxNetwork loaded = OnnxNetwork.load(runtime, network)) {
      return new Recorded(Tracer.network(loaded), Rooflines.near(runtime, loaded.plan().explain()));
    }
  }

  private void print(Recorded recorded, Output output) {
    List<NodeProfile> costliest =
        recorded.trace().nodes().stream()
            .sorted(Comparator.comparingLong(NodeProfile::nanoseconds).reversed())
            .limit(top)
            .toList();
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", model);
      members.put("file", file.toString());
      members.put("milliseconds", recorded.trace().nanoseconds() / 1e6);
      members.put(
          "nodes", costliest.stream().map(node -> members(node, recorded.roofline())).toList());
      output.line(Json.document("trace", 1, members));
      return;
    }
    var table =
        new Table(
            "node",
            "op",
            "device",
            "unit",
            "runs",
            "ms",
            "share",
            "GFLOP/s",
            "GB/s",
            "of the limit");
    double sum = recorded.trace().nodes().stream().mapToLong(NodeProfile::nanoseconds).sum();
    for (NodeProfile node : costliest) {
      table.row(
          node.node(),
          node.op(),
          node.device(),
          node.unit(),
          node.runs(),
          Units.fixed(node.nanoseconds() / 1e6, 3),
          Units.fixed(100 * node.nanoseconds() / sum, 1) + "%",
          Units.fixed(node.flops() / node.nanoseconds(), 1),
          Units.fixed(node.bytes() / node.nanoseconds(), 1),
          share(node, recorded.roofline())
              .map(share -> Units.fixed(100 * share, 0) + "%")
              .orElse(""));
    }
    output.text(table.toText());
    output.text(
        "%s submissions in %s ms, of which nodes took %s ms\n"
            .formatted(
                recorded.trace().submissions().size(),
                Units.fixed(recorded.trace().nanoseconds() / 1e6, 2),
                Units.fixed(sum / 1e6, 2)));
  }

  /** Of the nearer limit; empty when the device does not measure its limits. */
  private static Optional<Double> share(NodeProfile node, Optional<Roofline> roofline) {
    double seconds = node.nanoseconds() / 1e9;
    return seconds == 0
        ? Optional.empty()
        : roofline.map(limit ->
            Math.max(
                node.bytes() / seconds / limit.bytesPerSecond(),
                node.flops() / seconds / (2 * limit.multiplyAddsPerSecond())));
  }

  private static Map<String, Object> members(NodeProfile node, Optional<Roofline> roofline) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("node", node.node());
    members.put("op", node.op());
    members.put("device", node.device());
    members.put("unit", node.unit());
    members.put("runs", node.runs());
    members.put("nanoseconds", node.nanoseconds());
    members.put("flops", node.flops());
    members.put("bytes", node.bytes());
    members.put("shareOfLimit", share(node, roofline).orElse(null));
    return members;
  }
}
