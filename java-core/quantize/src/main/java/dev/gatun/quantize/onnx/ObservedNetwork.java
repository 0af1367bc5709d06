package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.pass.GraphOptimizer;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * An ONNX network that runs examples: with values that can be read, as the file has it, or
 * optimized, with its outputs alone. Owns file, plan and session; used by one thread.
 */
public final class ObservedNetwork implements AutoCloseable {
  private static final SessionOptions SESSION = new SessionOptions(1, 1, 1, 1);

  private final OnnxFile file;
  private final Graph graph;
  private final CompiledPlan plan;
  private final Session session;
  private final Batch batch = new Batch(0);

  private ObservedNetwork(OnnxFile file, Graph graph, CompiledPlan plan, Session session) {
    this.file = file;
    this.graph = graph;
    this.plan = plan;
    this.session = session;
  }

  /**
   * As the file has it, so that values keep their names.
   *
   * @param examples all that will be run: their sizes are what it is compiled for
   * @param values to be read beside the outputs; inputs among them are ignored
   * @throws GatunException of kind USAGE when the examples do not fit the inputs
   */
  public static ObservedNetwork observed(
      GatunRuntime runtime,
      Path model,
      List<Map<String, Tensor>> examples,
      Policy policy,
      Set<String> values) {
    OnnxFile file = OnnxFile.open(model);
    return open(runtime, file, OnnxImport.graph(file), examples, policy, values);
  }

  /**
   * As it would be run for its outputs.
   *
   * @param examples all that will be run: their sizes are what it is compiled for
   * @throws dev.gatun.runtime.BackendUnavailableException when the policy cannot be kept
   */
  public static ObservedNetwork optimized(
      GatunRuntime runtime, Path model, List<Map<String, Tensor>> examples, Policy policy) {
    OnnxFile file = OnnxFile.open(model);
    Graph graph = GraphOptimizer.apply(OnnxImport.graph(file));
    return open(runtime, file, graph, examples, policy, Set.of());
  }

  private static ObservedNetwork open(
      GatunRuntime runtime,
      OnnxFile file,
      Graph graph,
      List<Map<String, Tensor>> examples,
      Policy policy,
      Set<String> values) {
    try {
      Set<String> observed = new TreeSet<>(values);
      graph.inputs().forEach(input -> observed.remove(input.name()));
      PlanRequest request =
          PlanRequest.of(graph, SESSION)
              .withProfiles(List.of(new ShapeProfile("examples", ranges(file, graph, examples))))
              .withPolicy(policy);
      CompiledPlan plan = runtime.compile(request, CompileOptions.DEFAULT.withObserve(observed));
      try {
        return new ObservedNetwork(file, graph, plan, plan.newSession(SESSION));
      } catch (RuntimeException e) {
        plan.close();
        throw e;
      }
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** What is run. */
  public Graph graph() {
    return graph;
  }

  /** The devices that run it. */
  public List<String> devices() {
    return plan.explain().devices().stream().map(Explanation.DeviceLine::device).toList();
  }

  /** Runs an example: all inputs by name. */
  public void run(Map<String, Tensor> example) {
    batch.clear();
    example.forEach((name, tensor) -> batch.set(name, fitted(graph.input(name), tensor)));
    session.run(batch);
  }

  /** A value of the last run: an output, or one that was asked for. A view until the next run. */
  public Tensor tensor(String value) {
    return session.tensor(value);
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
              .formatted(tensor.dtype(), input, file.name()));
    }
    return Floats.tensor(wanted, tensor.shape(), tensor.toFloats());
  }

  /** Sizes of the inputs' symbols over all examples. */
  private static Map<String, Range> ranges(
      OnnxFile file, Graph graph, List<Map<String, Tensor>> examples) {
    Map<String, Range> ranges = new HashMap<>();
    for (Value input : graph.inputs()) {
      for (Map<String, Tensor> example : examples) {
        Tensor tensor = example.get(input.name());
        if (tensor == null || tensor.shape().rank() != input.type().rank()) {
          throw new GatunException(
              GatunException.Kind.USAGE,
              "the calibration data has %s for the input %s of %s"
                  .formatted(
                      tensor == null ? "nothing" : "a tensor " + tensor.shape(),
                      input,
                      file.name()));
        }
        for (int axis = 0; axis < tensor.shape().rank(); axis++) {
          if (input.type().dim(axis) instanceof Dim.Symbol symbol) {
            long size = tensor.shape().dim(axis);
            ranges.merge(symbol.name(), Range.fixed(size), ObservedNetwork::hull);
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

  /** Idempotent. */
  @Override
  public void close() {
    session.close();
    plan.close();
    file.close();
  }
}
