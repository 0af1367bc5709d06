package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.pass.GraphPrinter;
import dev.gatun.graph.pass.GraphVerifier;
import dev.gatun.testkit.device.NullDevice;
import dev.gatun.testkit.device.ReferenceDevice;
import dev.gatun.testkit.fuzz.Fuzzer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> reference() {
    return FuzzSuite.tests(new ReferenceDevice(), ConformanceOptions.of(Precision.FLOAT), 1, 60);
  }

  @TestFactory
  Stream<DynamicTest> padded() {
    return FuzzSuite.tests(new NullDevice(), ConformanceOptions.of(Precision.FLOAT), 1000, 60);
  }

  @Test
  void graphsAreValidVariedAndReproducible() {
    Set<String> types = new HashSet<>();
    for (long seed = 0; seed < 300; seed++) {
      Graph graph = GraphVerifier.verify(Fuzzer.scenario(seed, Set.of()).graph());
      graph.nodes().forEach(node -> types.add(node.op().getClass().getSimpleName()));
      if (seed % 50 == 0) {
        assertEquals(
            GraphPrinter.print(graph), GraphPrinter.print(Fuzzer.scenario(seed, Set.of()).graph()));
      }
    }
    assertEquals(16, types.size(), types::toString);
  }

  /** A device whose softmax is wrong: the report must name that node and little else. */
  @Test
  void failuresShrinkToTheirCause() {
    Fuzzer fuzzer = new Fuzzer(FuzzTest::checkWrongSoftmax);
    int found = 0;
    for (long seed = 0; seed < 400 && found < 3; seed++) {
      Scenario scenario = Fuzzer.scenario(seed, Set.of());
      if (scenario.graph().nodes().stream()
          .noneMatch(node -> isOutputSoftmax(scenario.graph(), node))) {
        continue;
      }
      long tried = seed;
      AssertionError failure =
          assertThrows(AssertionError.class, () -> fuzzer.run(tried, scenario));
      String report = failure.getMessage();
      assertTrue(report.contains("Softmax"), report);
      assertTrue(report.contains("seed " + seed), report);
      assertEquals(1, report.lines().filter(line -> line.contains(" = ")).count(), report);
      found++;
    }
    assertEquals(3, found, "graphs with a softmax");
  }

  private static boolean isOutputSoftmax(Graph graph, Node node) {
    return node.op() instanceof Softmax && graph.outputs().contains(node.output());
  }

  private static void checkWrongSoftmax(Scenario scenario) {
    List<Map<String, Array>> right = StepRunner.reference(scenario.graph(), scenario.steps());
    List<Map<String, Array>> wrong =
        StepRunner.reference(
            scenario.graph(),
            scenario.steps(),
            (node, result) -> node.op() instanceof Softmax ? zeros(result) : result);
    for (int i = 0; i < right.size(); i++) {
      Step step = scenario.steps().get(i);
      Map<String, Array> got = wrong.get(i);
      right
          .get(i)
          .forEach((name, array) ->
              Compare.check(
                  scenario.bound(),
                  new Bound.Question(Precision.FLOAT, step, name, array),
                  got.get(name)));
    }
  }

  private static Array zeros(Array array) {
    return new Array(array.dtype(), array.shape(), new double[array.values().length]);
  }
}
