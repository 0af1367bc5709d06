package dev.gatun.testkit;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;

/** What the interpreter gives for the steps of a scenario. */
public final class StepRunner {
  private StepRunner() {}

  /** Outputs by step and name. */
  public static List<Map<String, Array>> reference(Graph graph, List<Step> steps) {
    return run(new ReferenceInterpreter(graph), steps, Set.of());
  }

  /** Outputs by step and name, with each node's results passed through a filter. */
  public static List<Map<String, Array>> reference(
      Graph graph, List<Step> steps, BiFunction<Node, Array, Array> filter) {
    return run(new ReferenceInterpreter(graph, filter), steps, Set.of());
  }

  /** Outputs and observed values by step and name. */
  public static List<Map<String, Array>> reference(
      Graph graph, List<Step> steps, Set<String> observe) {
    return run(new ReferenceInterpreter(graph), steps, observe);
  }

  private static List<Map<String, Array>> run(
      ReferenceInterpreter interpreter, List<Step> steps, Set<String> observe) {
    Graph graph = interpreter.graph();
    ReferenceStates states = new ReferenceStates(graph.states());
    List<Map<String, Array>> results = new ArrayList<>();
    for (Step step : steps) {
      results.add(interpreter.run(inputs(graph, step), states, observe));
    }
    return results;
  }

  private static Map<String, Array> inputs(Graph graph, Step step) {
    Map<String, Array> inputs = new HashMap<>(step.tensors());
    for (Value input : graph.inputs()) {
      if (!inputs.containsKey(input.name())) {
        inputs.put(input.name(), fromTokens(input.name(), step));
      }
    }
    return inputs;
  }

  private static Array fromTokens(String input, Step step) {
    return switch (input) {
      case Batch.TOKENS -> ints(step, Step.Token::token);
      case Batch.POSITIONS -> ints(step, Step.Token::position);
      case Batch.SEQUENCES -> ints(step, Step.Token::sequence);
      case Batch.ROWS -> rows(step);
      default -> throw new IllegalArgumentException("the step has no input '" + input + "'");
    };
  }

  private static Array ints(Step step, ToIntFunction<Step.Token> field) {
    double[] values = step.tokens().stream().mapToDouble(field::applyAsInt).toArray();
    return new Array(DType.I32, Shape.of(values.length), values);
  }

  private static Array rows(Step step) {
    double[] values = new double[step.rows()];
    int row = 0;
    for (int i = 0; i < step.tokens().size(); i++) {
      if (step.tokens().get(i).wanted()) {
        values[row++] = i;
      }
    }
    return new Array(DType.I32, Shape.of(row), values);
  }
}
