package dev.gatun.testkit.fuzz;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.pass.DeadCodeElimination;
import dev.gatun.testkit.Scenario;
import dev.gatun.testkit.Step;
import dev.gatun.testkit.StepRunner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes a failing scenario smaller while it still fails: fewer outputs, fewer steps, and inner
 * values turned into inputs that hold what the reference gives for them.
 */
final class Shrinker {
  private final Predicate<Scenario> fails;
  private final long seed;

  /**
   * @param fails whether a scenario still shows the failure
   */
  Shrinker(Predicate<Scenario> fails, long seed) {
    this.fails = fails;
    this.seed = seed;
  }

  /** The smallest failing scenario that single changes lead to. */
  Scenario shrink(Scenario failing) {
    Scenario smallest = failing;
    Optional<Scenario> next = Optional.of(failing);
    while (next.isPresent()) {
      smallest = next.get();
      next = candidates(smallest).stream().filter(fails).findFirst();
    }
    return smallest;
  }

  /** Smaller scenarios, the smallest first as far as one can tell. */
  private List<Scenario> candidates(Scenario scenario) {
    Graph graph = scenario.graph();
    List<Scenario> candidates = new ArrayList<>();
    if (graph.outputs().size() > 1) {
      for (Value output : graph.outputs()) {
        candidates.add(rebuild(scenario, Set.of(), List.of(output)));
      }
    }
    for (int keep = 1; keep < scenario.steps().size(); keep++) {
      candidates.add(scenario(graph, scenario.steps().subList(0, keep)));
    }
    // Cutting late in the graph removes most of it.
    for (Node node : graph.nodes().reversed()) {
      Set<Value> cut =
          node.outputs().stream()
              .filter(value -> !graph.outputs().contains(value))
              .collect(Collectors.toSet());
      if (cut.size() == node.outputs().size()) {
        candidates.add(rebuild(scenario, cut, graph.outputs()));
      }
    }
    // An output whose node is cut off gives way to its inputs.
    if (graph.outputs().size() == 1) {
      Optional<Node> last = graph.producer(graph.outputs().getFirst());
      last.stream()
          .flatMap(node -> node.inputs().stream())
          .filter(value -> !value.isAbsent() && graph.producer(value).isPresent())
          .forEach(value -> candidates.add(rebuild(scenario, Set.of(), List.of(value))));
    }
    return candidates;
  }

  private Scenario scenario(Graph graph, List<Step> steps) {
    return new Scenario(graph, steps, NoiseBound.of(graph, steps, seed));
  }

  /** The scenario with the cut values as inputs and other outputs, less what is dead then. */
  private Scenario rebuild(Scenario scenario, Set<Value> cut, List<Value> outputs) {
    Graph live = DeadCodeElimination.apply(copy(scenario.graph(), cut, outputs, value -> true));
    Set<String> used = new HashSet<>();
    live.outputs().forEach(value -> used.add(value.name()));
    live.nodes().forEach(node -> node.inputs().forEach(value -> used.add(value.name())));
    Graph small = copy(live, Set.of(), live.outputs(), used::contains);
    return scenario(small, steps(scenario, small, cut));
  }

  private static Graph copy(
      Graph graph, Set<Value> cut, List<Value> outputs, Predicate<String> wantedInput) {
    GraphBuilder builder = new GraphBuilder(graph.name());
    Map<Value, Value> copies = new HashMap<>();
    Stream.concat(graph.inputs().stream(), cut.stream())
        .filter(value -> wantedInput.test(value.name()))
        .forEach(value -> copies.put(value, input(builder, value)));
    for (Constant constant : graph.constants()) {
      copies.put(constant.value(), builder.constant(constant.value().name(), constant.data()));
    }
    graph.states().forEach(state -> builder.state(state.name(), state.spec()));
    for (Node node : graph.nodes()) {
      if (node.outputs().stream().noneMatch(cut::contains)) {
        List<Value> inputs =
            node.inputs().stream().map(in -> in.isAbsent() ? in : copies.get(in)).toList();
        List<Value> made = builder.nodes(node.name(), node.op(), inputs);
        for (int i = 0; i < made.size(); i++) {
          copies.put(node.outputs().get(i), made.get(i));
        }
      }
    }
    outputs.forEach(output -> builder.output(copies.get(output)));
    return builder.build();
  }

  private static Value input(GraphBuilder builder, Value value) {
    return builder.input(
        value.name(), value.type().dtype(), value.type().dims().toArray(Dim[]::new));
  }

  private static List<Step> steps(Scenario scenario, Graph graph, Set<Value> cut) {
    Set<String> names = cut.stream().map(Value::name).collect(Collectors.toSet());
    List<Map<String, Array>> values =
        StepRunner.reference(scenario.graph(), scenario.steps(), names);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < scenario.steps().size(); i++) {
      Step step = scenario.steps().get(i);
      Map<String, Array> tensors = new HashMap<>();
      for (Value input : graph.inputs()) {
        Array given = step.tensors().get(input.name());
        Array computed = values.get(i).get(input.name());
        if (given != null) {
          tensors.put(input.name(), given);
        } else if (computed != null) {
          tensors.put(input.name(), single(computed));
        }
      }
      steps.add(new Step(step.tokens(), tensors));
    }
    return steps;
  }

  /** Rounded to single precision, so that device and reference see the same. */
  private static Array single(Array array) {
    double[] values = array.values().clone();
    if (array.dtype().isFloat()) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) values[i];
      }
    }
    return new Array(array.dtype(), array.shape(), values);
  }
}
