package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.Executable.NodePlacement;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import dev.gatun.runtime.spi.StateCapabilities.Layout;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.ThrowingConsumer;

/** What executables and sessions promise beside results. */
final class SessionTests {
  private static final int[] TEXT = {7, 8, 9, 10, 11};
  private static final int CAPACITY = 64;

  private final Device device;
  private final Graph graph = TinyModel.of(TinyModel.Kind.LLAMA).graph();

  private SessionTests(Device device) {
    this.device = device;
  }

  static Stream<DynamicTest> tests(Device device, ConformanceOptions options) {
    SessionTests tests = new SessionTests(device);
    return Stream.of(
            tests.test("assessment is sound", CompileOptions.DEFAULT, tests::assessment),
            tests.test("placement names every node", CompileOptions.DEFAULT, tests::placement),
            tests.test("capabilities make sense", CompileOptions.DEFAULT, tests::capabilities),
            tests.test("sessions are independent", CompileOptions.DEFAULT, tests::independent),
            tests.test("sessions run on threads at once", CompileOptions.DEFAULT, tests::threads),
            tests.test("closing is idempotent", CompileOptions.DEFAULT, tests::closing),
            tests.test("unknown values have no buffer", CompileOptions.DEFAULT, tests::unknown),
            tests.test(
                "values can be observed",
                CompileOptions.DEFAULT.withObserve(tests.everyValue()),
                tests::observed),
            tests.test(
                "time is told per node", CompileOptions.DEFAULT.withProfile(true), tests::timings))
        .filter(test -> options.filter().test(test.getDisplayName()));
  }

  private DynamicTest test(
      String name, CompileOptions compileOptions, ThrowingConsumer<Executable> body) {
    return dynamicTest(
        "Session/" + name,
        () -> {
          assumeTrue(
              device.assess(graph, Conversation.profiles()).takesAll(),
              "the device refuses the model");
          try (Executable executable = Conversation.compile(device, graph, compileOptions)) {
            body.accept(executable);
          }
        });
  }

  private Conversation start(Executable executable) {
    return new Conversation(graph, executable, 1, CAPACITY);
  }

  private void assessment(Executable executable) {
    Assessment assessment = device.assess(graph, Conversation.profiles());
    BitSet seen = new BitSet();
    for (Assessment.NodeSet set : assessment.accepted()) {
      assertFalse(seen.intersects(set.nodes()), "sets are disjoint");
      seen.or(set.nodes());
      assertTrue(set.cost().flops() > 0 && set.cost().bytes() > 0, "a set has a cost");
    }
    assessment.refusals().forEach(refusal -> seen.set(refusal.node().id()));
    assertEquals(graph.nodes().size(), seen.cardinality(), "every node is judged");
    assertEquals(assessment.takesAll(), device.assess(graph, Conversation.profiles()).takesAll());
  }

  private void placement(Executable executable) {
    Set<String> placed =
        executable.placement().stream().map(NodePlacement::node).collect(Collectors.toSet());
    Set<String> nodes = graph.nodes().stream().map(Node::name).collect(Collectors.toSet());
    assertEquals(new TreeSet<>(nodes), new TreeSet<>(placed));
    executable.placement().forEach(each -> assertFalse(each.unit().isBlank(), each.node()));
  }

  private void capabilities(Executable executable) {
    assertFalse(executable.state().layout() == Layout.NONE, "the model has state");
    assertTrue(executable.state().maxSequences() >= 1);
    assertTrue(executable.stateBytes(100) >= executable.stateBytes(10));
    assertTrue(executable.stateBytes(10) > 0);
    assertTrue(executable.weightBytes() >= 0);
  }

  private void independent(Executable executable) {
    try (Conversation one = start(executable);
        Conversation two = start(executable)) {
      one.open(0).tell(0, TEXT);
      two.open(0).tell(0, 1, 2, 3);
      double[] first = one.tell(0, 5);
      two.session().closeSequence(0);
      two.open(0).tell(0, TEXT);
      assertArrayEquals(first, two.tell(0, 5), "the same calls give the same bits");
    }
  }

  private void threads(Executable executable) throws Exception {
    double[] expected;
    try (Conversation alone = start(executable)) {
      alone.open(0).tell(0, TEXT);
      expected = alone.tell(0, 5);
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<double[]>> results =
          IntStream.range(0, 8)
              .mapToObj(i ->
                  pool.submit(() -> {
                    try (Conversation talk = start(executable)) {
                      talk.open(0).tell(0, TEXT);
                      return talk.tell(0, 5);
                    }
                  }))
              .toList();
      for (Future<double[]> result : results) {
        assertArrayEquals(expected, result.get());
      }
    }
  }

  private void closing(Executable executable) {
    Executable second = Conversation.compile(device, graph, CompileOptions.DEFAULT);
    Conversation talk = new Conversation(graph, second, 1, CAPACITY);
    talk.open(0).tell(0, TEXT);
    talk.close();
    talk.close();
    assertThrows(RuntimeException.class, () -> talk.tell(0, 1));
    second.close();
    second.close();
    assertThrows(
        RuntimeException.class, () -> new Conversation(graph, second, 1, CAPACITY).close());
  }

  private void unknown(Executable executable) {
    try (Conversation talk = start(executable)) {
      Value inner = graph.nodes().getFirst().output();
      assertThrows(RuntimeException.class, () -> talk.session().buffer(inner));
    }
    assertThrows(
        RuntimeException.class,
        () ->
            Conversation.compile(
                    device, graph, CompileOptions.DEFAULT.withObserve(Set.of("no such value")))
                .close());
  }

  private Set<String> everyValue() {
    return graph.nodes().stream()
        .flatMap(node -> node.outputs().stream())
        .map(Value::name)
        .collect(Collectors.toSet());
  }

  private void observed(Executable executable) {
    List<Step.Token> tokens =
        IntStream.range(0, TEXT.length)
            .mapToObj(i -> new Step.Token(TEXT[i], i, 0, i == TEXT.length - 1))
            .toList();
    Set<String> names = everyValue();
    var expected =
        StepRunner.reference(graph, List.of(new Step(tokens, Map.of())), names).getFirst();
    try (Conversation talk = start(executable)) {
      talk.open(0).tell(0, TEXT);
      for (Node node : graph.nodes()) {
        for (Value value : node.outputs()) {
          Array want = expected.get(value.name());
          double[] got = talk.read(value, Shape.of(want.shape().elements()));
          double largest = Arrays.stream(want.values()).map(Math::abs).max().orElse(0);
          assertArrayEquals(want.values(), got, 1e-4 * largest + 1e-6, value.name());
        }
      }
    }
  }

  private void timings(Executable executable) {
    try (Conversation talk = start(executable)) {
      talk.open(0).tell(0, TEXT);
      talk.tell(0, 1);
      List<NodeTiming> timings = talk.session().timings();
      assumeTrue(!timings.isEmpty(), "the device tells no times");
      Set<String> nodes = graph.nodes().stream().map(Node::name).collect(Collectors.toSet());
      for (NodeTiming timing : timings) {
        assertTrue(nodes.contains(timing.node()), timing.node());
        assertTrue(timing.runs() >= 1 && timing.nanoseconds() >= 0, timing.toString());
      }
    }
    try (Executable plain = Conversation.compile(device, graph, CompileOptions.DEFAULT);
        Conversation talk = start(plain)) {
      talk.open(0).tell(0, TEXT);
      assertEquals(List.of(), talk.session().timings());
    }
  }
}
