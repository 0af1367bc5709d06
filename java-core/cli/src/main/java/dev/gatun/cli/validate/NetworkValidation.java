package dev.gatun.cli.validate;

import dev.gatun.bench.task.NetworkInputs;
import dev.gatun.cli.output.Units;
import dev.gatun.cli.validate.ValidationReport.Section;
import dev.gatun.graph.Value;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.quantize.validate.Agreement;
import dev.gatun.quantize.validate.Limits;
import dev.gatun.quantize.validate.Limits.Figure;
import dev.gatun.quantize.validate.NetworkErrors;
import dev.gatun.quantize.validate.TaskReport;
import dev.gatun.quantize.validate.Verdict;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares what two ONNX networks give for the same inputs, given or made up. */
public final class NetworkValidation {
  /** Different inputs that are made up. */
  private static final int TRIALS = 4;

  private final GatunRuntime runtime;
  private final Policy policy;
  private final Map<String, Shape> shapes;
  private final List<Map<String, Tensor>> inputs;
  private final List<Integer> labels;
  private final boolean layers;

  /**
   * A validation that has not begun.
   *
   * @param shapes of inputs whose dimensions are open, by name
   * @param given inputs by name, one map per run; none to make them up
   * @param labels of the given inputs, the index of the largest element of the first output; or
   *     none
   * @param layers whether weights and results of single layers are compared
   */
  public NetworkValidation(
      GatunRuntime runtime,
      Policy policy,
      Map<String, Shape> shapes,
      List<Map<String, Tensor>> given,
      List<Integer> labels,
      boolean layers) {
    this.labels = List.copyOf(labels);
    this.layers = layers;
    inputs = new ArrayList<>(given);
    this.runtime = runtime;
    this.policy = policy;
    this.shapes = Map.copyOf(shapes);
  }

  /** Outputs of all trials, and what is told of the network. */
  private record Side(
      List<Map<String, float[]>> outputs, double milliseconds, List<String> devices) {}

  /**
   * Runs both, one after the other.
   *
   * @param names of reference and candidate, as the user gave them
   * @param files of both
   * @param bytes of their files
   * @throws GatunException of kind MISMATCH when inputs or outputs differ
   */
  public ValidationReport run(
      List<String> names, List<Path> files, List<Long> bytes, Limits limits) {
    Side reference = side(files.getFirst());
    Side candidate = side(files.getLast());
    Map<String, Agreement> worst = new LinkedHashMap<>();
    for (int trial = 0; trial < inputs.size(); trial++) {
      Map<String, float[]> others = candidate.outputs().get(trial);
      reference
          .outputs()
          .get(trial)
          .forEach((name, values) -> worst.merge(name, compare(name, values, others), this::worse));
    }
    if (worst.isEmpty()) {
      throw new GatunException(
          Kind.USAGE, "the reference has no outputs of floats, which could be compared");
    }
    double cosine = worst.values().stream().mapToDouble(Agreement::cosine).min().orElseThrow();
    long notFinite = worst.values().stream().mapToLong(Agreement::notFinite).sum();
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(limits.judge(Figure.OUTPUT_COSINE, cosine));
    verdicts.add(limits.judge(Figure.NOT_FINITE, (double) notFinite));
    List<Section> sections = new ArrayList<>();
    sections.add(outputs(worst));
    Map<String, Object> members = members(worst, reference, candidate, bytes);
    if (!labels.isEmpty()) {
      TaskReport task = task(reference, candidate);
      verdicts.addAll(task.verdicts(limits));
      sections.add(TaskSections.table(task));
      members.put("task", TaskSections.members(task));
    }
    sections.add(both(reference, candidate, bytes));
    Map<String, String> plots = new LinkedHashMap<>();
    if (layers) {
      NetworkErrors errors =
          NetworkErrors.of(
              runtime, policy, files.getFirst(), files.getLast(), List.of(inputs.getFirst()));
      sections.addAll(NetworkLayers.tables(errors));
      plots.putAll(NetworkLayers.plots(errors));
      members.put("layers", NetworkLayers.members(errors));
    }
    return new ValidationReport(
        names.getLast() + " against " + names.getFirst(), verdicts, sections, plots, members);
  }

  private TaskReport task(Side reference, Side candidate) {
    return new TaskReport(
        List.of(
            TaskReport.Measure.of(
                "largest element of the output", labels, classes(reference), classes(candidate))));
  }

  private static List<Integer> classes(Side side) {
    return side.outputs().stream()
        .map(outputs -> largest(outputs.values().iterator().next()))
        .toList();
  }

  private static int largest(float... values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  private Side side(Path file) {
    try (OnnxNetwork network = OnnxNetwork.load(runtime, NetworkSpec.usual(file, policy, shapes))) {
      if (inputs.isEmpty()) {
        for (int trial = 0; trial < TRIALS; trial++) {
          inputs.add(NetworkInputs.of(network.plan().plan().request(), trial));
        }
      }
      requireSameInputs(network, inputs.getFirst());
      List<Map<String, float[]>> outputs = new ArrayList<>();
      long nanoseconds = Long.MAX_VALUE;
      for (Map<String, Tensor> input : inputs) {
        long start = System.nanoTime();
        network.run(input);
        nanoseconds = Math.min(nanoseconds, System.nanoTime() - start);
        outputs.add(floats(network));
      }
      List<String> devices =
          network.plan().explain().devices().stream().map(Explanation.DeviceLine::device).toList();
      return new Side(outputs, nanoseconds / 1e6, devices);
    }
  }

  private static void requireSameInputs(OnnxNetwork network, Map<String, Tensor> inputs) {
    List<String> own = network.graph().inputs().stream().map(Value::name).sorted().toList();
    List<String> given = inputs.keySet().stream().sorted().toList();
    if (!own.equals(given)) {
      throw new GatunException(
          Kind.MISMATCH,
          "a network's inputs are %s, and what is given or the reference has is %s: they cannot be compared"
              .formatted(own, given));
    }
  }

  private static Map<String, float[]> floats(OnnxNetwork network) {
    Map<String, float[]> outputs = new LinkedHashMap<>();
    for (Value output : network.graph().outputs()) {
      if (output.type().dtype() == DType.F32) {
        outputs.put(output.name(), network.output(output.name()).toFloats());
      }
    }
    return outputs;
  }

  private static Agreement compare(String name, float[] values, Map<String, float[]> others) {
    float[] other = others.get(name);
    if (other == null || other.length != values.length) {
      throw new GatunException(
          Kind.MISMATCH,
          "the output %s has %d elements in the reference and %s in the candidate"
              .formatted(name, values.length, other == null ? "is not" : other.length));
    }
    return Agreement.of(values, other);
  }

  private Agreement worse(Agreement one, Agreement other) {
    return new Agreement(
        one.elements() + other.elements(),
        Math.min(one.snr(), other.snr()),
        Math.max(one.largest(), other.largest()),
        Math.min(one.cosine(), other.cosine()),
        one.notFinite() + other.notFinite());
  }

  private Section outputs(Map<String, Agreement> worst) {
    List<List<String>> rows = new ArrayList<>();
    worst.forEach((name, agreement) -> {
      List<String> row = new ArrayList<>(List.of(name));
      row.addAll(WeightSections.cells(agreement));
      rows.add(row);
    });
    return new Section(
        "Outputs, the worst of %d runs".formatted(inputs.size()),
        List.of("output", "SNR dB", "largest error", "cosine"),
        rows,
        rows.size());
  }

  private static Section both(Side reference, Side candidate, List<Long> bytes) {
    List<List<String>> rows =
        List.of(
            List.of("size", Units.bytes(bytes.getFirst()), Units.bytes(bytes.getLast())),
            List.of(
                "device",
                String.join(", ", reference.devices()),
                String.join(", ", candidate.devices())),
            List.of(
                "ms a run",
                Units.fixed(reference.milliseconds(), 2),
                Units.fixed(candidate.milliseconds(), 2)));
    return new Section("Both", List.of("", "reference", "candidate"), rows, rows.size());
  }

  private Map<String, Object> members(
      Map<String, Agreement> worst, Side reference, Side candidate, List<Long> bytes) {
    List<Object> outputs = new ArrayList<>();
    worst.forEach((name, agreement) -> {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("output", name);
      line.putAll(DecoderJson.agreement(agreement));
      outputs.add(line);
    });
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("trials", inputs.size());
    members.put("outputs", outputs);
    members.put("reference", side(reference, bytes.getFirst()));
    members.put("candidate", side(candidate, bytes.getLast()));
    return members;
  }

  private static Map<String, Object> side(Side side, long bytes) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("bytes", bytes);
    members.put("devices", side.devices());
    members.put("millisecondsPerRun", side.milliseconds());
    return members;
  }
}
