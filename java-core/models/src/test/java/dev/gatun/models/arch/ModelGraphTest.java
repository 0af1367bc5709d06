package dev.gatun.models.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.ModelSource;
import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.MatMul;
import dev.gatun.models.eval.EvalData;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The conventions that the users of graphs rely on. */
class ModelGraphTest {
  @Test
  void factsOfADecoder() {
    with(
        "llama-q4_k_m",
        BuildOptions.defaults(),
        model -> {
          assertEquals("llama", model.architecture());
          assertEquals(384, model.vocabularySize());
          assertEquals(512, model.trainedContextLength());
          assertEquals(512, model.contextLength());
          assertEquals(256, model.embeddingWidth());
          assertEquals(2, model.layers());
          assertTrue(model.causal());
          assertEquals(Pooling.NONE, model.pooling());
          long layer = 2 * 256 + 2 * 256 * 256 + 2 * 256 * 128 + 3 * 256 * 512;
          assertEquals(2 * layer + 256 + 2 * 384 * 256, model.parameters());
          assertEquals(2 * 2 * (64 + 64) * 2, model.stateBytesPerPosition());
        });
  }

  @Test
  void inputsOutputsAndSymbols() {
    with(
        "llama",
        BuildOptions.defaults().withBatch(64, 8),
        model -> {
          Graph graph = model.graph();
          assertEquals(
              List.of("tokens", "positions", "sequences", "rows"),
              graph.inputs().stream().map(Value::name).toList());
          Dim tokens = Dim.symbol("tokens", 1, 64);
          Dim rows = Dim.symbol("rows", 0, 8);
          for (String input : List.of("tokens", "positions", "sequences")) {
            assertEquals(DType.I32, graph.input(input).type().dtype());
            assertEquals(List.of(tokens), graph.input(input).type().dims());
          }
          assertEquals(List.of(rows), graph.input("rows").type().dims());
          Value logits = graph.output(ModelGraph.LOGITS);
          assertEquals(DType.F32, logits.type().dtype());
          assertEquals(List.of(rows, Dim.of(384)), logits.type().dims());
          assertEquals(1, graph.outputs().size());
          assertEquals(
              List.of("kv.0", "kv.1", "kv.2"), graph.states().stream().map(State::name).toList());
        });
  }

  @Test
  void weightsKeepTheirFormatAndName() {
    with(
        "llama-q4_k_m",
        BuildOptions.defaults(),
        model -> {
          Node q = node(model, "blk.1.attn_q");
          assertTrue(q.op() instanceof MatMul(boolean transposed) && transposed);
          Constant weight = model.graph().constant(q.input(1)).orElseThrow();
          assertEquals("blk.1.attn_q.weight", weight.value().name());
          assertEquals(DType.Q4_K, weight.data().dtype());
          assertTrue(weight.data().data().isReadOnly());
        });
  }

  @Test
  void onlyTheLastLayerWorksOnWantedRows() {
    with(
        "llama",
        BuildOptions.defaults(),
        model -> {
          Dim tokens = model.graph().input("tokens").type().dim(0);
          Dim rows = model.graph().input("rows").type().dim(0);
          assertEquals(tokens, node(model, "blk.1.attn_output").output().type().dim(0));
          assertEquals(tokens, node(model, "blk.2.attn").output().type().dim(0));
          assertTrue(node(model, "blk.2.attn_rows").op() instanceof Gather);
          assertEquals(rows, node(model, "blk.2.attn_output").output().type().dim(0));
          assertEquals(rows, node(model, "blk.2.ffn_up").output().type().dim(0));
        });
  }

  @Test
  void tiedEmbeddingsAreOneConstant() {
    with(
        "qwen2",
        BuildOptions.defaults(),
        model -> assertSame(node(model, "token_embd").input(0), node(model, "logits").input(1)));
  }

  @Test
  void windowsAreInTheStates() {
    with(
        "gemma3",
        BuildOptions.defaults(),
        model ->
            assertEquals(
                List.of(16, 16, 16, 16, 16, 0, 16),
                model.graph().states().stream().map(state -> state.spec().window()).toList()));
  }

  @Test
  void latentAttentionKeepsOneVectorPerPosition() {
    with(
        "deepseek2",
        BuildOptions.defaults(),
        model -> {
          var spec = model.graph().state("kv.0").spec();
          assertEquals(1, spec.kvHeads());
          assertEquals(40, spec.keyDim());
          assertEquals(0, spec.valueDim());
          assertEquals(32, spec.valueView());
          assertEquals(3 * 40 * 2, model.stateBytesPerPosition());
        });
  }

  @Test
  void encodersHaveNoStateAndPool() {
    with(
        "bert",
        BuildOptions.defaults(),
        model -> {
          assertEquals(List.of(), model.graph().states());
          assertEquals(Pooling.MEAN, model.pooling());
          assertTrue(!model.causal());
          assertTrue(
              node(model, "blk.0.attn").op() instanceof Attention attention && !attention.causal());
          assertEquals(Dim.of(48), model.graph().output(ModelGraph.HIDDEN).type().dim(1));
        });
  }

  private static Node node(ModelGraph model, String name) {
    return model.graph().nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no node " + name));
  }

  private static void with(String name, BuildOptions options, Consumer<ModelGraph> check) {
    try (ModelSource source = ModelFiles.open(EvalData.archs().resolve(name + ".gguf"))) {
      check.accept(Architectures.build(source, options));
    }
  }
}
