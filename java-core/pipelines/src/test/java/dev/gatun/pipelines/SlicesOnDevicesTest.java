package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.NonZero;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.pass.Extraction;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A size that data tell passes from each backend to each: one finds it, the other works with it.
 */
class SlicesOnDevicesTest {
  private static final List<String> BACKENDS =
      List.of("cpu", "vector", "onnxruntime", "openvino", "metal", "cuda");

  private static final SessionOptions OPTIONS = new SessionOptions(1, 1, 1, 1);

  private static GatunRuntime runtime;

  @BeforeAll
  static void open() {
    runtime = Checkout.withStandIns(GatunRuntime.builder().offline(true)).build();
  }

  @AfterAll
  static void close() {
    runtime.close();
  }

  /** Two different backends. */
  record Pair(String first, String second) {
    @Override
    public String toString() {
      return first + " to " + second;
    }
  }

  static Stream<Pair> pairs() {
    return BACKENDS.stream()
        .flatMap(first ->
            BACKENDS.stream()
                .filter(second -> !second.equals(first))
                .map(second -> new Pair(first, second)));
  }

  private static Device device(String backend) {
    return runtime.devices().stream()
        .filter(device -> device.info().backend().equals(backend))
        .findFirst()
        .orElseGet(() ->
            Assumptions.abort(
                "skipped: %s: %s".formatted(backend, runtime.backend(backend).reason())));
  }

  /** What is not 0 in x, negated. */
  private static Graph graph() {
    GraphBuilder builder = new GraphBuilder("picked");
    Value x = builder.input("x", DType.F32, Dim.of(6));
    Value found = builder.node("found", new NonZero(new Dim.Symbol("count", 0, 6, true)), x);
    Value places = builder.transpose("places", found, 1, 0);
    Value picked = builder.node("picked", new GatherNd(0), x, places);
    builder.output(builder.unary("negated", Unary.Function.NEG, picked));
    return builder.build();
  }

  /** The first {@code count} nodes of a graph on one device, the others on another. */
  private static Plan cut(Graph graph, int count, Device first, Device second) {
    List<Plan.Assignment> slices = new ArrayList<>();
    List<Node> nodes = graph.nodes();
    for (List<Node> part : List.of(nodes.subList(0, count), nodes.subList(count, nodes.size()))) {
      BitSet ids = new BitSet();
      part.forEach(node -> ids.set(node.id()));
      Graph slice = Extraction.of(graph, ids, graph.name() + slices.size());
      Device device = slices.isEmpty() ? first : second;
      slices.add(new Plan.Assignment(new GraphSlice(slice, part), device, "test"));
    }
    return new Plan(PlanRequest.of(graph, OPTIONS), slices, List.of());
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aSizeThatDataTellPasses(Pair pair) {
    Device first = device(pair.first());
    Device second = device(pair.second());
    Graph graph = graph();
    for (int count = 1; count < graph.nodes().size(); count++) {
      try (CompiledPlan plan =
              runtime.compile(cut(graph, count, first, second), CompileOptions.DEFAULT);
          Session session = plan.newSession(OPTIONS)) {
        run(session, new float[] {1, 0, -3, 0, 0, 6}, -1, 3, -6);
        run(session, new float[] {0, 0, 0, 0, 5, 0}, -5);
        run(session, new float[6]);
        run(session, new float[] {1, 2, 3, 4, 5, 6}, -1, -2, -3, -4, -5, -6);
      }
    }
  }

  private static void run(Session session, float[] x, float... expected) {
    Batch batch = new Batch(0);
    batch.set("x", Tensor.ofFloats(Shape.of(6), x));
    session.run(batch);
    assertArrayEquals(expected, session.tensor("negated").toFloats());
  }
}
