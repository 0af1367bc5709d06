package dev.gatun.testkit;

import dev.gatun.graph.Graph;
import dev.gatun.tensor.DType;

/**
 * A language model of two small layers with random weights, in one of the shapes that real ones
 * have. Its graph takes {@code tokens}, {@code positions}, {@code sequences} and {@code rows} and
 * gives {@code logits} [rows, vocabulary]; its states are {@code kv.0} and {@code kv.1}.
 *
 * @param kind which architecture it imitates
 * @param weights format of the matrices
 * @param state storage type of keys and values
 * @param width a multiple of the format's block and of 64
 */
public record TinyModel(Kind kind, DType weights, DType state, int width) {
  /** Tokens that it knows. */
  public static final int VOCABULARY = 97;

  /** What differs between architectures. */
  public enum Kind {
    /** RMS norms, rotary positions, grouped heads, gated feed-forward network. */
    LLAMA,
    /** Norms of each head of q and k, biases on q, k, v. */
    QWEN,
    /** Norms after attention and feed-forward, caps, windows, GELU, tied output. */
    GEMMA,
    /** One matrix for q, k, v, one for gate and up, cut by slices. */
    PHI,
    /** LayerNorm with bias, both branches from one input, partial rotation, no gate. */
    NEOX,
    /** Experts by softmax. */
    MIXTURE,
    /** Experts by sigmoid with a bias for the choice, beside a network that always works. */
    SHARED_EXPERT,
    /** Latent attention in its absorbed form: the value is a view of the key. */
    LATENT
  }

  public TinyModel {
    if (width < 64 || width % Math.max(64, weights.blockElements()) != 0) {
      throw new IllegalArgumentException(width + " does not suit " + weights);
    }
  }

  /** F32 throughout, 64 wide. */
  public static TinyModel of(Kind kind) {
    return new TinyModel(kind, DType.F32, DType.F32, 64);
  }

  /** The graph; the same every time. */
  public Graph graph() {
    return new TinyModelBuilder(this).build();
  }
}
