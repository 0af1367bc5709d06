package dev.gatun.models.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.eval.Agreement;
import dev.gatun.models.eval.EvalData;
import dev.gatun.models.eval.InterpreterPass;
import dev.gatun.models.eval.ReferenceOutputs;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A decoder built for embeddings gives what its output matrix turns into the reference's logits.
 */
class HiddenHeadTest {
  @ParameterizedTest
  @ValueSource(strings = {"qwen3", "llama"})
  void hiddenTimesOutputMatrixIsLogits(String name) throws IOException {
    ReferenceOutputs reference =
        ReferenceOutputs.read(EvalData.archs()).stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow();
    try (ModelSource source = ModelFiles.open(reference.model())) {
      ModelGraph model =
          Architectures.build(
              source,
              BuildOptions.defaults().withStateType(DType.F32).withHead(BuildOptions.Head.HIDDEN));
      assertEquals(ModelGraph.HIDDEN, model.graph().outputs().getFirst().name());
      int[] tokens = reference.sequences().getFirst();
      int last = tokens.length - 1;
      int[] positions = new int[tokens.length];
      Arrays.setAll(positions, i -> i);
      float[][] hidden =
          new InterpreterPass(model)
              .run(tokens, positions, new int[tokens.length], new int[] {last});
      String table =
          source.info("output.weight").isPresent() ? "output.weight" : "token_embd.weight";
      float[] logits =
          product(source.tensor(table).orElseThrow().toFloats(), hidden[0], model.vocabularySize());
      Agreement agreement = Agreement.of(logits, reference.outputs().getFirst()[last], 4e-3);
      assertTrue(agreement.within(1e-4), agreement::toString);
    }
  }

  private static float[] product(float[] matrix, float[] vector, int rows) {
    float[] result = new float[rows];
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int i = 0; i < vector.length; i++) {
        sum += (double) matrix[row * vector.length + i] * vector[i];
      }
      result[row] = (float) sum;
    }
    return result;
  }
}
