package dev.gatun.testkit;

import dev.gatun.graph.Graph;
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
import java.util.function.ToIntFunction;

/** What the interpreter gives for the steps of a scenario. */
final class Reference {
  private Reference() {}

  /** Results by step and output name. */
  static List<Map<String, Array>> run(Graph graph, List<Step> steps, Set<String> observe) {
    ReferenceInterpreter interpreter = new ReferenceInterpreter(graph);
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
