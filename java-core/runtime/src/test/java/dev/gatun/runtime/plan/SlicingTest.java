package dev.gatun.runtime.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.NonZero;
import dev.gatun.graph.op.Unary;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.fake.FakeDevice;
import dev.gatun.runtime.fake.FakeProvider;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cutting graphs: few slices, correct ones, on any graph. */
class SlicingTest {
  private static final SessionOptions OPTIONS = new SessionOptions(1, 1, 1, 1);

  /** Two independent chains whose nodes alternate in the graph's order. */
  private static Graph ladder(int length) {
    GraphBuilder builder = new GraphBuilder("ladder");
    Value a = builder.input("x", DType.F32, Dim.of(4));
    Value b = a;
    for (int i = 0; i < length; i++) {
      a = builder.unary("a" + i, Unary.Function.NEG, a);
      b = builder.unary("b" + i, Unary.Function.NEG, b);
    }
    builder.output(builder.add("a.sum", a, b));
    return builder.build();
  }

  private static GatunRuntime runtime(FakeDevice... devices) {
    GatunRuntime.Builder builder =
        GatunRuntime.builder().discover(false).threads(1).property(Settings.PLAN_TRIAL, "false");
    for (FakeDevice device : devices) {
      builder.provider(FakeProvider.of(device.info().backend(), device));
    }
    return builder.build();
  }

  @Test
  void alternatingBranchesAreGrouped() {
    FakeDevice a = new FakeDevice(FakeDevice.Settings.of("a:0").refusing("b"));
    FakeDevice b = new FakeDevice(FakeDevice.Settings.of("b:0").refusing("a"));
    try (GatunRuntime runtime = runtime(a, b)) {
      Plan plan = runtime.plan(PlanRequest.of(ladder(10), OPTIONS));
      assertEquals(
          List.of("b:0", "a:0"),
          plan.slices().stream().map(slice -> slice.device().info().id()).toList());
    }
  }

  @Test
  void nodesOfOneStateStayTogether() {
    GraphBuilder builder = new GraphBuilder("shared");
    Dim tokens = Dim.symbol("tokens", 1, 8);
    Value positions = builder.input("positions", DType.I32, tokens);
    Value sequences = builder.input("sequences", DType.I32, tokens);
    Value x = builder.input("x", DType.F32, tokens, Dim.of(2));
    StateSpec spec = new StateSpec(1, 2, 2, 0, 0, DType.F32);
    State state = builder.state("kv", spec);
    Attention op = new Attention(1, spec, 1, 0, true, Optional.of(state.name()));
    Value first = builder.attention("first", op, x, x, x, positions, sequences);
    Value between = builder.unary("between", Unary.Function.NEG, first);
    builder.output(builder.attention("second", op, between, x, x, positions, sequences));
    Graph graph = builder.build();
    FakeDevice most = new FakeDevice(FakeDevice.Settings.of("m:0").refusing("between"));
    FakeDevice rest = new FakeDevice(FakeDevice.Settings.of("r:0").refusing("first"));
    try (GatunRuntime runtime = runtime(most, rest)) {
      PlanRequest request = PlanRequest.of(graph, new SessionOptions(1, 8, 8, 8));
      BackendUnavailableException e = null;
      try {
        runtime.plan(request);
      } catch (BackendUnavailableException expected) {
        e = expected;
      }
      assertTrue(e != null, "a state cannot lie on two devices");
    }
  }

  /**
   * The numbers of x that are not 0, negated, and twice those: their count is known when it has
   * run.
   *
   * @param names of the nodes, in order: of those that find, pick, negate, double, turn
   */
  private static Graph picked(String... names) {
    GraphBuilder builder = new GraphBuilder("picked");
    Dim count = new Dim.Symbol("count", 0, 4, true);
    Value x = builder.input("x", DType.F32, Dim.of(4));
    Value found = builder.node(names[0] + ".find", new NonZero(count), x);
    Value places = builder.transpose(names[0] + ".places", found, 1, 0);
    Value picked = builder.node(names[1] + ".pick", new GatherNd(0), x, places);
    Value negated = builder.unary(names[2] + ".negate", Unary.Function.NEG, picked);
    Value twice = builder.node(names[3] + ".double", new Concat(0), negated, negated);
    builder.output(negated);
    builder.output(builder.unary(names[4] + ".turn", Unary.Function.NEG, twice));
    return builder.build();
  }

  private static FakeDevice only(String id, boolean hostVisible, String... others) {
    var settings = FakeDevice.Settings.of(id).refusing(others);
    return new FakeDevice(hostVisible ? settings : settings.opaque());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSizeThatDataTellPassesBetweenSlices(boolean hostVisible) {
    FakeDevice a = only("a:0", hostVisible, "B.");
    FakeDevice b = only("b:0", hostVisible, "A.");
    Graph graph = picked("A", "B", "A", "B", "B");
    try (GatunRuntime runtime = runtime(a, b);
        CompiledPlan plan =
            runtime.compile(PlanRequest.of(graph, OPTIONS), CompileOptions.DEFAULT);
        Session session = plan.newSession(OPTIONS)) {
      checkCovers(graph, plan.plan());
      assertEquals(4, plan.plan().slices().size());
      for (float[] x : new float[][] {{1, 0, 3, 0}, {1, 2, 3, 4}, {0, 0, 0, 0}, {0, 0, 0, 5}}) {
        Batch batch = new Batch(0);
        batch.set("x", Tensor.ofFloats(Shape.of(4), x));
        session.run(batch);
        float[] expected = new float[4];
        int count = 0;
        for (float each : x) {
          if (each != 0) {
            expected[count++] = -each;
          }
        }
        float[] negated = session.tensor("A.negate").toFloats();
        assertArrayEquals(Arrays.copyOf(expected, count), negated);
        float[] turned = session.tensor("B.turn").toFloats();
        assertEquals(2 * count, turned.length);
        for (int i = 0; i < turned.length; i++) {
          assertEquals(-expected[i % count], turned[i]);
        }
      }
    }
  }

  /** Who is handed twice the numbers does not learn how many they were. */
  @Test
  void aSizeThatNoInputTellsKeepsNodesTogether() {
    try (GatunRuntime runtime = runtime(only("a:0", true, "B."), only("b:0", true, "A."))) {
      PlanRequest request = PlanRequest.of(picked("A", "A", "A", "A", "B"), OPTIONS);
      assertThrows(BackendUnavailableException.class, () -> runtime.plan(request));
    }
  }

  private static Graph random(Random random, int size) {
    GraphBuilder builder = new GraphBuilder("random");
    List<Value> values = new ArrayList<>();
    values.add(builder.input("x", DType.F32, Dim.of(4)));
    values.add(builder.input("y", DType.F32, Dim.of(4)));
    for (int i = 0; i < size; i++) {
      Value a = values.get(random.nextInt(Math.max(0, values.size() - 6), values.size()));
      Value b = values.get(random.nextInt(values.size()));
      values.add(
          random.nextBoolean()
              ? builder.add("n" + i + ".", a, b)
              : builder.unary("n" + i + ".", Unary.Function.NEG, a));
    }
    builder.output(values.getLast());
    builder.output(values.get(values.size() / 2 + 1));
    return builder.build();
  }

  private static float[] result(GatunRuntime runtime, Graph graph) {
    try (CompiledPlan plan =
            runtime.compile(PlanRequest.of(graph, OPTIONS), CompileOptions.DEFAULT);
        Session session = plan.newSession(OPTIONS)) {
      checkCovers(graph, plan.plan());
      Batch batch = new Batch(0);
      batch.set("x", Tensor.ofFloats(Shape.of(4), 1, 2, 3, 4));
      batch.set("y", Tensor.ofFloats(Shape.of(4), 5, -6, 7, 8));
      session.run(batch);
      float[] all = new float[4 * graph.outputs().size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = session.output(graph.outputs().get(i / 4).name()).get(0, i % 4);
      }
      return all;
    }
  }

  private static void checkCovers(Graph graph, Plan plan) {
    BitSet seen = new BitSet();
    for (Plan.Assignment slice : plan.slices()) {
      for (Node node : slice.slice().origin()) {
        assertTrue(!seen.get(node.id()), node + " runs twice");
        seen.set(node.id());
      }
    }
    assertEquals(graph.nodes().size(), seen.cardinality());
  }

  @Test
  void randomGraphsGiveTheSameInSlices() {
    Random random = new Random(17);
    int sliced = 0;
    for (int round = 0; round < 150; round++) {
      Graph graph = random(random, random.nextInt(3, 25));
      List<String> onlyA = new ArrayList<>();
      List<String> onlyB = new ArrayList<>();
      for (int i = 0; i < graph.nodes().size(); i++) {
        switch (random.nextInt(4)) {
          case 0 -> onlyA.add("n" + i + ".");
          case 1 -> onlyB.add("n" + i + ".");
          default -> {
            // Both take it.
          }
        }
      }
      FakeDevice a =
          new FakeDevice(FakeDevice.Settings.of("a:0").refusing(onlyB.toArray(String[]::new)));
      FakeDevice b =
          new FakeDevice(FakeDevice.Settings.of("b:0").refusing(onlyA.toArray(String[]::new)));
      try (GatunRuntime one = runtime(FakeDevice.of("w:0"));
          GatunRuntime two = runtime(a, b)) {
        float[] expected = result(one, graph);
        float[] actual = result(two, graph);
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], actual[i], Math.abs(expected[i]) * 1e-5f, graph.toString());
        }
        sliced += two.plan(PlanRequest.of(graph, OPTIONS)).isSingle() ? 0 : 1;
      }
    }
    assertTrue(sliced > 80, "only " + sliced + " graphs were sliced");
  }

  @Test
  void theNumberOfSlicesIsTheSmallestForTheOrder() {
    Random random = new Random(5);
    for (int round = 0; round < 300; round++) {
      Graph graph = random(random, random.nextInt(2, 11));
      int nodes = graph.nodes().size();
      BitSet a = new BitSet();
      BitSet b = new BitSet();
      for (int i = 0; i < nodes; i++) {
        int who = random.nextInt(3);
        a.set(i, who != 0);
        b.set(i, who != 1);
      }
      Partition.Result result =
          new Partition(graph, graph.nodes(), List.of(a, b), 0, Map.of()).best().orElseThrow();
      int best = Integer.MAX_VALUE;
      for (int choice = 0; choice < 1 << nodes; choice++) {
        int slices = 1;
        boolean allowed = true;
        for (int i = 0; i < nodes && allowed; i++) {
          boolean onB = (choice >> i & 1) == 1;
          allowed = (onB ? b : a).get(i);
          slices += i > 0 && (choice >> i & 1) != (choice >> (i - 1) & 1) ? 1 : 0;
        }
        best = allowed ? Math.min(best, slices) : best;
      }
      assertEquals(best, result.parts().size());
    }
  }
}
