package dev.gatun.quantize.advise;

import dev.gatun.quantize.mix.FileType;
import java.util.List;

/**
 * What a type cost Llama 3 8B: the figures that llama.cpp publishes with its perplexity tool
 * (revision f364eb6f, WikiText-2). Other models lose more (small ones) or less (large ones); the
 * order of the types holds.
 *
 * @param type the type
 * @param bitsPerWeight of Llama 3.1 8B; without a published figure that of the base type and its
 *     mix
 * @param divergence mean KL divergence from F16, in nats
 * @param weighted whether it was made with an importance matrix
 */
public record Measured(FileType type, double bitsPerWeight, double divergence, boolean weighted) {
  /** From the best to the worst. */
  static final List<Measured> ALL =
      List.of(
          new Measured(FileType.F16, 16.0, 0.00055, false),
          new Measured(FileType.Q8_0, 8.50, 0.00136, false),
          new Measured(FileType.Q6_K, 6.56, 0.00545, false),
          new Measured(FileType.Q5_K_M, 5.70, 0.01076, false),
          new Measured(FileType.Q5_K_S, 5.57, 0.0166, false),
          new Measured(FileType.Q5_0, 5.57, 0.0222, false),
          new Measured(FileType.Q4_K_M, 4.89, 0.0282, true),
          new Measured(FileType.IQ4_XS, 4.46, 0.0363, true),
          new Measured(FileType.Q4_K_S, 4.67, 0.0431, false),
          new Measured(FileType.Q4_0, 4.66, 0.0719, false),
          new Measured(FileType.IQ3_M, 3.76, 0.1025, true),
          new Measured(FileType.Q3_K_M, 4.00, 0.1019, false),
          new Measured(FileType.Q3_K_S, 3.64, 0.228, false),
          new Measured(FileType.IQ2_M, 2.93, 0.326, true),
          new Measured(FileType.Q2_K, 3.16, 0.332, true),
          new Measured(FileType.IQ2_XXS, 2.38, 0.812, true));
}
