package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * OLMo 2 and 3 (Team OLMo 2025): norms on what blocks give, not on what they read, and on whole
 * rows of queries and keys. OLMo 3 has layers with a sliding window, whose rotation is not scaled.
 */
final class Olmo2 implements Architecture {
  @Override
  public List<String> names() {
    return List.of("olmo2");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Hyperparameters metadata = model.metadata();
    int headDim = SelfAttention.keyDim(model);
    int window = metadata.optional("attention.sliding_window", Integer.MAX_VALUE);
    Rope global = Rope.of(model, headDim, Pairs.HALVES);
    Rope local = window == 0 ? global : windowRope(model, headDim);
    return new Decoder(
            model,
            layer -> {
              SelfAttention attention = new SelfAttention(model, layer).rowNorms();
              boolean windowed =
                  window > 0 && metadata.windowed("attention.sliding_window_pattern", layer, 4);
              return windowed ? attention.rope(local).window(window) : attention.rope(global);
            },
            layer ->
                DenseFeedForward.gated(
                    model, "", DenseFeedForward.hidden(model, layer), Unary.Function.SILU))
        .normsAfterOnly()
        .build();
  }

  private static Rope windowRope(ModelBuilder model, int headDim) {
    boolean own = model.metadata().has("rope.freq_base_swa");
    String base = own ? "rope.freq_base_swa" : "rope.freq_base";
    return Rope.plain(model, "rope.window_inverse_frequencies", headDim, base, Pairs.HALVES);
  }
}
