package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.graph.Graph;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.pass.GraphVerifier;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.tensor.Shape;
import dev.gatun.testkit.fuzz.NoiseBound;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Runs scenarios on one device. */
final class CaseRunner {
  private final Device device;
  private final ConformanceOptions options;
  private Scenario bounded;
  private Bound bound;

  CaseRunner(Device device, ConformanceOptions options) {
    this.device = device;
    this.options = options;
  }

  /** Why the device does not take the scenario's whole graph; empty when it does. */
  Optional<String> refusal(Scenario scenario) {
    Graph graph = scenario.graph();
    Assessment assessment = device.assess(graph, scenario.profiles());
    int maxSequences = device.capabilities().maxSequences();
    if (assessment.takesAll()
        && (graph.states().isEmpty() || scenario.sessionOptions().sequences() <= maxSequences)) {
      return Optional.empty();
    }
    Set<String> reasons = new TreeSet<>();
    for (Refusal refusal : assessment.refusals()) {
      reasons.add(refusal.node().op().type() + ": " + refusal.reason());
    }
    if (reasons.isEmpty()) {
      reasons.add(
          assessment.takesAll()
              ? "sessions hold %d sequences".formatted(maxSequences)
              : "taken in %d sets of nodes only".formatted(assessment.accepted().size()));
    }
    return Optional.of(String.join("; ", reasons));
  }

  /** Runs a scenario that the device takes and compares every result. */
  void run(Scenario scenario) {
    Graph graph = GraphVerifier.verify(scenario.graph());
    List<Map<String, Array>> expected = StepRunner.reference(graph, scenario.steps());
    try (Executable executable =
        device.compile(GraphSlice.whole(graph), scenario.profiles(), CompileOptions.DEFAULT)) {
      boolean stateful = !graph.states().isEmpty();
      try (DeviceRun own = open(scenario, executable);
          DeviceRun bound = open(scenario, executable)) {
        for (int i = 0; i < scenario.steps().size(); i++) {
          Step step = scenario.steps().get(i);
          Map<String, Shape> shapes = shapes(expected.get(i));
          Map<String, Array> results = own.run(step, shapes);
          compare(scenario, step, i, expected.get(i), results);
          if (options.bindHostMemory() && (stateful || i % 3 == 0)) {
            checkSame(i, results, bound.runGuarded(step, shapes));
          }
        }
      }
    }
  }

  /** Opens a session with all sequences of the scenario. */
  DeviceRun open(Scenario scenario, Executable executable) {
    DeviceRun run =
        new DeviceRun(scenario.graph(), device.info().id(), executable, scenario.sessionOptions());
    if (!scenario.graph().states().isEmpty()) {
      scenario.steps().stream()
          .flatMap(step -> step.tokens().stream())
          .map(Step.Token::sequence)
          .distinct()
          .forEach(run.session()::openSequence);
    }
    return run;
  }

  void compare(
      Scenario scenario,
      Step step,
      int index,
      Map<String, Array> expected,
      Map<String, Array> actual) {
    Bound bound = bound(scenario);
    expected.forEach((name, array) -> {
      try {
        Compare.check(
            bound, new Bound.Question(options.precision(), step, name, array), actual.get(name));
      } catch (AssertionError e) {
        throw new AssertionError("step " + index + ": " + e.getMessage(), e);
      }
    });
  }

  /** The case's own bound is for single precision. */
  // Steps of one scenario follow each other; comparing contents would cost more than the bound.
  @SuppressWarnings("ReferenceEquality")
  private Bound bound(Scenario scenario) {
    if (options.precision() != Precision.HALF) {
      return scenario.bound();
    }
    if (scenario != bounded) {
      bounded = scenario;
      bound = NoiseBound.of(scenario.graph(), scenario.steps(), 0);
    }
    return bound;
  }

  /** The same inputs give the same bits, wherever the results go. */
  private static void checkSame(int step, Map<String, Array> own, Map<String, Array> bound) {
    own.forEach((name, array) ->
        assertArrayEquals(
            array.values(),
            bound.get(name).values(),
            "step %d: output '%s' in bound memory".formatted(step, name)));
  }

  static Map<String, Shape> shapes(Map<String, Array> arrays) {
    return arrays.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().shape()));
  }
}
