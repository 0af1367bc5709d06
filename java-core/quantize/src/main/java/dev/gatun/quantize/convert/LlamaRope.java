package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.ModelSource;
import java.util.Arrays;

/**
 * The settings of Llama 3's stretching that give a model's factors of frequencies. GGUF has the
 * factors alone; of the settings that are published the one that gives exactly these is taken.
 */
record LlamaRope(double factor, double low, double high, long trained) {
  private static final double[] FACTORS = {8, 32, 4, 16, 2, 64};
  private static final long[] TRAINED = {8192, 4096, 16384, 32768, 2048, 1024, 512, 256, 128, 64};

  /**
   * Finds them.
   *
   * @throws ModelFormatException when no settings that are in use give these factors
   */
  static LlamaRope of(ModelSource model) {
    float[] wanted = model.tensor("rope_freqs.weight").orElseThrow().toFloats();
    double base = model.metadata().floating("llama.rope.freq_base").orElse(1e4);
    for (double factor : FACTORS) {
      for (long trained : TRAINED) {
        LlamaRope rope = new LlamaRope(factor, 1, 4, trained);
        if (Arrays.equals(rope.factors(base, 2 * wanted.length), wanted)) {
          return rope;
        }
      }
    }
    throw new ModelFormatException(
        model.name(),
        -1,
        "has factors of frequencies (rope_freqs.weight) that no known settings of Llama 3 give;"
            + " config.json cannot say them");
  }

  /**
   * One factor per frequency (source: Hugging Face's {@code modeling_rope_utils}), computed in
   * single precision as PyTorch does.
   */
  float[] factors(double base, int size) {
    float[] factors = new float[size / 2];
    for (int i = 0; i < factors.length; i++) {
      float exponent = (float) (2 * i) / (float) size;
      float frequency = 1f / (float) Math.pow(base, exponent);
      // PyTorch: a Python number divided by a single-precision scalar stays single precision.
      float wave = (float) (2 * Math.PI) / frequency;
      if (wave < trained / high) {
        factors[i] = 1;
      } else if (wave > trained / low) {
        factors[i] = (float) factor;
      } else {
        float smooth = ((float) trained / wave - (float) low) / (float) (high - low);
        factors[i] = 1f / ((1f - smooth) / (float) factor + smooth);
      }
    }
    return factors;
  }

  void write(ObjectNode node) {
    node.put("rope_type", "llama3");
    node.put("factor", factor);
    node.put("low_freq_factor", low);
    node.put("high_freq_factor", high);
    node.put("original_max_position_embeddings", trained);
  }
}
