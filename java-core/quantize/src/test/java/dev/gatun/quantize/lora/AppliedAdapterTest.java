package dev.gatun.quantize.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.models.arch.Architectures;
import dev.gatun.models.arch.BuildOptions;
import dev.gatun.models.arch.ModelException;
import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.models.lora.LowRank;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Adapters that are applied while a model runs give what the model with merged weights gives, whose
 * weights {@link AdaptedSourceTest} compares with those of another program.
 */
class AppliedAdapterTest {
  private static final double[] TOKENS = {1, 17, 30, 5, 2};

  /** Of llama-q4_k_m. */
  private static final int WIDTH = 256;

  private static final double[] POSITIONS = {0, 1, 2, 3, 4};

  private static Graph graph(ModelSource source, LoraAdapter... adapters) {
    return Architectures.build(source, BuildOptions.defaults().withAdapters(List.of(adapters)))
        .graph();
  }

  private static double[] logits(Graph graph) {
    Map<String, Array> inputs =
        Map.of(
            "tokens", array(TOKENS),
            "positions", array(POSITIONS),
            "sequences", array(new double[TOKENS.length]),
            "rows", array(POSITIONS));
    var states = new ReferenceStates(graph.states());
    Map<String, Array> results = new ReferenceInterpreter(graph).run(inputs, states, Set.of());
    return results.values().iterator().next().values();
  }

  private static Array array(double[] values) {
    return new Array(DType.I32, Shape.of(values.length), values);
  }

  private static double distance(double[] a, double[] b) {
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }

  @Test
  void logitsAreThoseOfMergedWeights() {
    LoraAdapter one = Adapters.golden(1);
    LoraAdapter half = Adapters.golden(-0.5f);
    try (GgufFile base = GgufFile.open(Adapters.model("llama-f16"))) {
      double[] merged = logits(graph(AdaptedSource.of(base, List.of(one, half), false)));
      assertArrayEquals(merged, logits(graph(base, one, half)), 1e-4);
      assertTrue(distance(merged, logits(graph(base))) > 0.01);
    }
  }

  @Test
  void quantizedWeightsStayAsTheyAre() {
    try (GgufFile base = GgufFile.open(Adapters.model("llama-q4_k_m"))) {
      var noise = new Random(7);
      float[] down = new float[2 * WIDTH];
      float[] up = new float[2 * WIDTH];
      for (int i = 0; i < down.length; i++) {
        down[i] = noise.nextFloat() - 0.5f;
        up[i] = noise.nextFloat() - 0.5f;
      }
      var delta = new LowRank(down, up, 2, WIDTH);
      var adapter = new LoraAdapter("noise", "llama", Map.of("blk.0.attn_q.weight", delta));
      Graph graph = graph(base, adapter);
      for (Constant constant : graph.constants()) {
        String name = constant.value().name();
        base.tensor(name)
            .filter(stored -> stored.dtype().isBlocked())
            .ifPresent(stored -> assertEquals(-1, stored.data().mismatch(constant.data().data())));
      }
      double[] merged = logits(graph(AdaptedSource.of(base, List.of(adapter), true)));
      assertArrayEquals(merged, logits(graph), 1e-4);
      assertTrue(distance(merged, logits(graph(base))) > 0.01);
    }
  }

  @Test
  void whatCannotBeAppliedIsRefused() {
    try (GgufFile base = GgufFile.open(Adapters.model("llama-f16"))) {
      Shape table = base.info("token_embd.weight").orElseThrow().shape();
      var delta =
          new LowRank(
              new float[(int) table.dim(1)], new float[(int) table.dim(0)], 1, (int) table.dim(1));
      var embedding = new LoraAdapter("words", "llama", Map.of("token_embd.weight", delta));
      String refused =
          assertThrows(ModelException.class, () -> graph(base, embedding)).getMessage();
      assertTrue(refused.contains("words") && refused.contains("merge it"), refused);
      var other = new LoraAdapter("words", "qwen2", Map.of("token_embd.weight", delta));
      assertThrows(GatunException.class, () -> graph(base, other));
    }
  }
}
