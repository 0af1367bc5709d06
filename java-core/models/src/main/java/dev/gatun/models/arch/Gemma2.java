package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.op.Unary;
import dev.gatun.models.arch.Rope.Pairs;
import java.util.List;

/**
 * Gemma 2 (Gemma team 2024): norms on both sides of each block, bounded scores and logits, every
 * other layer with a sliding window.
 */
final class Gemma2 implements Architecture {
  /** Layers of the 27B model, which scales scores by width over heads; files do not say so. */
  private static final int LARGEST = 46;

  private static final int DEFAULT_WINDOW = 4096;

  @Override
  public List<String> names() {
    return List.of("gemma2");
  }

  @Override
  public ModelGraph build(ModelSource source, BuildOptions options) {
    ModelBuilder model = new ModelBuilder(source, options, Norm.RMS);
    Hyperparameters metadata = model.metadata();
    Rope rope = Rope.of(model, SelfAttention.keyDim(model), Pairs.HALVES);
    int window = metadata.count("attention.sliding_window", DEFAULT_WINDOW, Integer.MAX_VALUE);
    double softcap = softcap(metadata, "attn_logit_softcapping", 50);
    return new Decoder(
            model,
            layer -> {
              SelfAttention attention = new SelfAttention(model, layer).rope(rope).softcap(softcap);
              scaleLargest(model, attention, LARGEST);
              boolean local = metadata.windowed("attention.sliding_window_pattern", layer, 2);
              return local ? attention.window(window) : attention;
            },
            layer ->
                DenseFeedForward.gated(
                    model, "", DenseFeedForward.hidden(model, layer), Unary.Function.GELU_TANH))
        .normsOnBothSides()
        .embeddingScale(Math.sqrt(model.width()))
        .logitSoftcap(softcap(metadata, "final_logit_softcapping", 30))
        .build();
  }

  /** The 27B models scale scores by the square root of width / heads, not of the head size. */
  static void scaleLargest(ModelBuilder model, SelfAttention attention, int layers) {
    if (model.layers() == layers) {
      int heads = model.metadata().perLayer("attention.head_count", 0, Hyperparameters.MAX_COUNT);
      attention.scale(1 / Math.sqrt((double) model.width() / heads));
    }
  }

  /** A bound; 0 when the file says that there is none. */
  static double softcap(Hyperparameters metadata, String key, double fallback) {
    double cap = metadata.real(key, fallback);
    if (cap < 0) {
      throw metadata.bad(key, "is " + cap + ", below 0");
    }
    return cap;
  }
}
