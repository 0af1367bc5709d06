package dev.gatun.quantize.convert;

/**
 * Where a tensor of a Hugging Face model goes in GGUF, both without {@code .weight} or {@code
 * .bias}; {@code {i}} stands for the layer, {@code {e}} for the expert.
 *
 * @param hf name in the folder, without the prefix of the model's class
 * @param gguf name in the GGUF file; empty for a tensor that it does without
 * @param change what happens to its numbers
 */
record NameRule(String hf, String gguf, Change change) {
  /** What happens to a tensor's numbers on the way to GGUF. */
  enum Change {
    NONE,
    /** Rows of each query head: halves become neighbours. */
    QUERY_HEADS,
    /** Rows of each key head: halves become neighbours. */
    KEY_HEADS,
    /** The same matrix of all experts, stacked. */
    STACK,
    /** First half of the rows of each expert. */
    FIRST_HALF,
    /** Second half of the rows of each expert. */
    SECOND_HALF,
    /** One is added: the model multiplies by 1 + weight. */
    PLUS_ONE
  }

  static NameRule of(String hf, String gguf) {
    return new NameRule(hf, gguf, Change.NONE);
  }

  static NameRule of(String hf, String gguf, Change change) {
    return new NameRule(hf, gguf, change);
  }

  /** A tensor that GGUF files do without. */
  static NameRule dropped(String hf) {
    return new NameRule(hf, "", Change.NONE);
  }
}
