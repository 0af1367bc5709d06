package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/** SmolLM3 (Hugging Face 2025): Llama whose every fourth layer knows no positions. */
final class SmolLm3 implements Architecture {
  /** Not in the file. */
  private static final int PERIOD = 4;

  @Override
  public List<String> names() {
    return List.of("smollm3");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.NEIGHBOURS);
    return new Decoder(
            model,
            layer -> new SelfAttention(model, layer).rope((layer + 1) % PERIOD == 0 ? null : rope),
            layer ->
                DenseFeedForward.gated(
                    model, "", DenseFeedForward.hidden(model, layer), Unary.Function.SILU))
        .build();
  }
}
