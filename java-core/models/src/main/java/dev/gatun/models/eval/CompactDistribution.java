package dev.gatun.models.eval;

import java.nio.ByteBuffer;

/**
 * The probabilities of all tokens in two bytes each, as {@code llama-perplexity} stores them: the
 * logarithms from the largest down to 16 below it, in 65535 equal steps; what is less likely gets
 * the lowest step. A distribution and its own copy differ by about 5e-4 nats.
 *
 * <p>Layout, little endian: f32 step, f32 lowest logarithm, one u16 per token, padded to an even
 * number of tokens.
 */
public final class CompactDistribution {
  /** Nats below the largest logarithm that are kept. */
  private static final float RANGE = 16;

  private static final float STEPS = 65535;
  private static final int HEADER = 2 * Float.BYTES;

  private CompactDistribution() {}

  /** Bytes of one distribution. */
  public static int bytes(int vocabulary) {
    return HEADER + Short.BYTES * 2 * (int) ((vocabulary + 1L) / 2);
  }

  /**
   * Stores the distribution of some logits.
   *
   * @param out little endian; {@link #bytes} are written from its position on
   */
  static void encode(float[] logits, ByteBuffer out) {
    float max = logits[0];
    float min = logits[0];
    for (float logit : logits) {
      max = Math.max(max, logit);
      min = Math.min(min, logit);
    }
    min = Math.max(min, max - RANGE);
    float sum = (float) (Distribution.logSumExp(logits) - max);
    float step = (max - min) / STEPS;
    out.putFloat(step).putFloat(min - max - sum);
    float steps = step == 0 ? 0 : 1 / step;
    for (float logit : logits) {
      out.putShort(logit > min ? (short) (int) Math.rint(steps * (logit - min)) : 0);
    }
    if (logits.length % 2 == 1) {
      out.putShort((short) 0);
    }
  }

  /** Reads the logarithms of the probabilities from the buffer's position on. */
  static void decode(ByteBuffer in, float[] logProbabilities) {
    float step = in.getFloat();
    float lowest = in.getFloat();
    for (int i = 0; i < logProbabilities.length; i++) {
      logProbabilities[i] = step * (in.getShort() & 0xffff) + lowest;
    }
    if (logProbabilities.length % 2 == 1) {
      in.getShort();
    }
  }
}
