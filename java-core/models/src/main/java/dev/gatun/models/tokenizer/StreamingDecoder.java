package dev.gatun.models.tokenizer;

/**
 * Text from tokens as they come, never half a code point: bytes that do not yet form one are held
 * back until the tokens that complete it. What can no longer become well-formed is U+FFFD.
 *
 * <p>The pieces are shown as they are: a leading space of the first token stays, unlike in {@link
 * Tokenizer#decode}, because a continuation of a prompt needs it. For one thread.
 */
public final class StreamingDecoder {
  private final Tokenizer tokenizer;
  private final boolean special;
  private final ByteList pending = new ByteList(32);

  StreamingDecoder(Tokenizer tokenizer, boolean special) {
    this.tokenizer = tokenizer;
    this.special = special;
  }

  /**
   * Takes the next token.
   *
   * @return the text that is complete now; often empty
   * @throws IndexOutOfBoundsException for an id that is not in the vocabulary
   */
  public String accept(int token) {
    tokenizer.appendPiece(token, special, pending);
    byte[] b = pending.array();
    int complete = Utf8.incompleteTail(b, 0, pending.size());
    if (complete == 0) {
      return "";
    }
    String text = Utf8.decode(b, 0, complete);
    pending.removeFirst(complete);
    return text;
  }

  /** Ends the text: what is held back becomes U+FFFD. The decoder can then take another text. */
  public String finish() {
    String text = Utf8.decode(pending.array(), 0, pending.size());
    pending.clear();
    return text;
  }
}
