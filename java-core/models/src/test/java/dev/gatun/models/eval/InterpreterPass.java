package dev.gatun.models.eval;

import dev.gatun.graph.op.Array;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.models.arch.ModelGraph;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** Runs a model's graph with the reference interpreter. */
public final class InterpreterPass implements ForwardPass {
  private final ReferenceInterpreter interpreter;
  private final ReferenceStates states;

  public InterpreterPass(ModelGraph model) {
    interpreter = new ReferenceInterpreter(model.graph());
    states = new ReferenceStates(model.graph().states());
  }

  @Override
  public float[][] run(int[] tokens, int[] positions, int[] sequences, int[] rows) {
    Map<String, Array> inputs =
        Map.of(
            "tokens", array(tokens),
            "positions", array(positions),
            "sequences", array(sequences),
            "rows", array(rows));
    Array output = interpreter.run(inputs, states, Set.of()).values().iterator().next();
    int width = Math.toIntExact(output.shape().dim(1));
    float[][] vectors = new float[rows.length][width];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < width; i++) {
        vectors[row][i] = (float) output.values()[row * width + i];
      }
    }
    return vectors;
  }

  @Override
  public void forget(int sequence) {
    states.remove(sequence);
  }

  private static Array array(int[] values) {
    return new Array(
        DType.I32, Shape.of(values.length), Arrays.stream(values).asDoubleStream().toArray());
  }
}
