package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Examples run on Gatun's runtime, on the device that the policy chooses. The graph runs as the
 * file has it, not optimized, so that its values keep their names. Used by one thread.
 */
public final class RuntimeActivations implements ActivationSource {
  private static final SessionOptions SESSION = new SessionOptions(1, 1, 1, 1);

  private final GatunRuntime runtime;
  private final Policy policy;
  private final Path model;
  private final List<Map<String, Tensor>> examples;

  /**
   * Examples for a model.
   *
   * @param examples for each run all inputs by name; at least one run
   */
  public RuntimeActivations(
      GatunRuntime runtime, Policy policy, Path model, List<Map<String, Tensor>> examples) {
    if (examples.isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE, "there is nothing to calibrate with; give --calibration");
    }
    this.runtime = runtime;
    this.policy = policy;
    this.model = model;
    this.examples = List.copyOf(examples);
  }

  @Override
  public Set<String> available(Set<String> values) {
    try (OnnxFile file = OnnxFile.open(model)) {
      Set<String> known = known(OnnxImport.graph(file));
      known.retainAll(values);
      return known;
    }
  }

  private static Set<String> known(Graph graph) {
    Set<String> known = new HashSet<>();
    graph.inputs().forEach(input -> add(input, known));
    graph.nodes().forEach(node -> node.outputs().forEach(value -> add(value, known)));
    return known;
  }

  private static void add(Value value, Set<String> known) {
    if (value.type().dtype().isFloat()) {
      known.add(value.name());
    }
  }

  @Override
  public void run(Set<String> values, Sink sink) {
    try (OnnxFile file = OnnxFile.open(model)) {
      Graph graph = OnnxImport.graph(file);
      Set<String> observed = new TreeSet<>(values);
      graph.inputs().forEach(input -> observed.remove(input.name()));
      PlanRequest request =
          PlanRequest.of(graph, SESSION)
              .withProfiles(List.of(new ShapeProfile("calibration", ranges(graph))))
              .withPolicy(policy);
      try (CompiledPlan plan =
              runtime.compile(request, CompileOptions.DEFAULT.withObserve(observed));
          Session session = plan.newSession(SESSION)) {
        Batch batch = new Batch(0);
        for (Map<String, Tensor> example : examples) {
          batch.clear();
          example.forEach((name, tensor) -> batch.set(name, fitted(graph.input(name), tensor)));
          session.run(batch);
          for (String value : new TreeSet<>(values)) {
            sink.accept(
                value, observed.contains(value) ? session.tensor(value) : example.get(value));
          }
        }
      }
    }
  }

  /**
   * The tensor as the input takes it: archives know no BF16, and often keep what F16 takes as F32.
   */
  private Tensor fitted(Value input, Tensor tensor) {
    DType wanted = input.type().dtype();
    if (tensor.dtype() == wanted) {
      return tensor;
    }
    if (!tensor.dtype().isFloat() || !wanted.isFloat()) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "the calibration data has %s for the input %s of %s"
              .formatted(tensor.dtype(), input, model));
    }
    return Floats.tensor(wanted, tensor.shape(), tensor.toFloats());
  }

  /** Sizes of the inputs' symbols over all examples. */
  private Map<String, Range> ranges(Graph graph) {
    Map<String, Range> ranges = new HashMap<>();
    for (Value input : graph.inputs()) {
      for (Map<String, Tensor> example : examples) {
        Tensor tensor = example.get(input.name());
        if (tensor == null || tensor.shape().rank() != input.type().rank()) {
          throw new GatunException(
              GatunException.Kind.USAGE,
              "the calibration data has %s for the input %s of %s"
                  .formatted(
                      tensor == null ? "nothing" : "a tensor " + tensor.shape(), input, model));
        }
        for (int axis = 0; axis < tensor.shape().rank(); axis++) {
          if (input.type().dim(axis) instanceof Dim.Symbol symbol) {
            long size = tensor.shape().dim(axis);
            ranges.merge(symbol.name(), Range.fixed(size), RuntimeActivations::hull);
          }
        }
      }
    }
    return ranges;
  }

  private static Range hull(Range a, Range b) {
    long max = Math.max(a.max(), b.max());
    return new Range(Math.min(a.min(), b.min()), max, max);
  }
}
