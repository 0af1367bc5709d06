package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * Gemma 3 (Gemma team 2025), text: five layers with a sliding window and a rotation of their own to
 * each global one; queries and keys normalized; no bounds on scores.
 */
final class Gemma3 implements Architecture {
  /** Layers of the 27B model. */
  private static final int LARGEST = 62;

  @Override
  public List<String> names() {
    return List.of("gemma3");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Hyperparameters metadata = model.metadata();
    int headDim = SelfAttention.keyDim(model);
    int window = metadata.optional("attention.sliding_window", Integer.MAX_VALUE);
    Rope global = Rope.of(model, headDim, Pairs.HALVES);
    Rope local =
        window == 0
            ? global
            : Rope.plain(
                model,
                "rope.window_inverse_frequencies",
                headDim,
                "rope.freq_base_swa",
                Pairs.HALVES);
    return new Decoder(
            model,
            layer -> {
              SelfAttention attention = new SelfAttention(model, layer).headNorms();
              Gemma2.scaleLargest(model, attention, LARGEST);
              boolean windowed =
                  window > 0 && metadata.windowed("attention.sliding_window_pattern", layer, 6);
              return windowed ? attention.rope(local).window(window) : attention.rope(global);
            },
            layer ->
                DenseFeedForward.gated(
                    model, "", DenseFeedForward.hidden(model, layer), Unary.Function.GELU_TANH))
        .normsOnBothSides()
        .embeddingScale(Math.sqrt(model.width()))
        .logitSoftcap(Gemma2.softcap(metadata, "final_logit_softcapping", 0))
        .build();
  }
}
