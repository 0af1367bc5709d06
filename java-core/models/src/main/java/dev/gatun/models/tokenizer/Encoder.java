package dev.gatun.models.tokenizer;

/** Turns text without special tokens into ids. Immutable; its sessions carry the scratch space. */
sealed interface Encoder
    permits BpeEncoder, UnspacedEncoder, SentencePieceEncoder, WordPieceEncoder, UnigramEncoder {
  /** For one text, by one thread. */
  Session session();

  /** Encodes the fragments of one text, in order. */
  interface Session {
    /**
     * Appends the ids of {@code text[from, to)}, which is not empty.
     *
     * @param afterSpecial whether the fragment is the first one or follows a special token
     */
    void encode(byte[] text, int from, int to, boolean afterSpecial, IntList out);
  }
}
