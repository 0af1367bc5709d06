package dev.gatun.pipelines.onnx;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.pass.GraphOptimizer;
import dev.gatun.graph.pass.OutputSelection;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.NodeEvent;
import dev.gatun.runtime.plan.NodeProfile;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * An ONNX model that is ready to run, the same way on every device: file mapped, imported,
 * optimized, planned, compiled, with one session. What pipelines over ONNX models stand on.
 *
 * <p>Used by one thread at a time. Owns file, plan and session, not the runtime.
 */
public final class OnnxNetwork implements AutoCloseable {
  private static final SessionOptions SESSION = new SessionOptions(1, 1, 1, 1);

  private final OnnxFile file;
  private final CompiledPlan plan;
  private final Session session;
  private final Batch batch = new Batch(0);

  private OnnxNetwork(OnnxFile file, CompiledPlan plan, Session session) {
    this.file = file;
    this.plan = plan;
    this.session = session;
  }

  /**
   * Loads a network.
   *
   * @throws dev.gatun.formats.ModelFormatException when the file is missing, damaged, or uses what
   *     cannot be imported; also what {@code spec}'s functions throw
   * @throws dev.gatun.runtime.BackendUnavailableException when nothing that the policy allows can
   *     run it
   */
  public static OnnxNetwork load(GatunRuntime runtime, NetworkSpec spec) {
    OnnxFile file = OnnxFile.open(spec.file());
    try {
      CompiledPlan plan =
          runtime.compile(request(file, spec), CompileOptions.DEFAULT.withProfile(spec.profile()));
      try {
        return new OnnxNetwork(file, plan, plan.newSession(SESSION));
      } catch (RuntimeException e) {
        plan.close();
        throw e;
      }
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** What to plan for a network; usable while the file is open. */
  public static PlanRequest request(OnnxFile file, NetworkSpec spec) {
    Graph whole = OnnxImport.graph(file, Map.of(), spec.shapes());
    List<String> wanted = spec.outputs().apply(whole);
    boolean all = wanted.equals(whole.outputs().stream().map(Value::name).toList());
    Graph graph = GraphOptimizer.apply(all ? whole : OutputSelection.apply(whole, wanted));
    PlanRequest request =
        PlanRequest.of(graph, SESSION)
            .withProfiles(List.of(new ShapeProfile("default", spec.ranges().apply(graph))))
            .withPolicy(spec.policy());
    return spec.digest().map(request::withModelDigest).orElse(request);
  }

  /** The graph that runs: its inputs and outputs. */
  public Graph graph() {
    return plan.plan().request().graph();
  }

  /** Which device runs what. */
  public CompiledPlan plan() {
    return plan;
  }

  /**
   * Runs the network.
   *
   * @param inputs by name, borrowed until this returns
   * @throws IllegalArgumentException when they do not fit the graph's inputs
   */
  public void run(Map<String, Tensor> inputs) {
    batch.clear();
    inputs.forEach(batch::set);
    session.run(batch);
  }

  /**
   * An output of the last run: a view, valid until the next run or {@link #close}.
   *
   * @throws IllegalArgumentException when there is no such output
   */
  public Tensor output(String name) {
    return session.tensor(name);
  }

  /** Time per node since this was loaded; empty unless its spec asks for it. */
  public List<NodeProfile> profile() {
    return session.profile();
  }

  /** What ran when in the last run; as {@link Session#timeline}. */
  public List<NodeEvent> timeline() {
    return session.timeline();
  }

  /** Closes session, plan and file. Idempotent. */
  @Override
  public void close() {
    session.close();
    plan.close();
    file.close();
  }
}
