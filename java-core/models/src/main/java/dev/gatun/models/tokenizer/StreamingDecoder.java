package dev.gatun.models.tokenizer;

/**
 * Text from tokens as they come, never half a code point: bytes that do not yet form one are held
 * back until the tokens that complete it. What can no longer become well-formed is U+FFFD.
 *
 * <p>The pieces of a continuation are shown as they are. Of a text of its own, such as an answer in
 * a chat, the space that encoding puts in front of text is taken away, as {@link Tokenizer#decode}
 * does. For one thread.
 */
public final class StreamingDecoder {
  private final Tokenizer tokenizer;
  private final boolean special;
  private final boolean ownText;
  private final ByteList pending = new ByteList(32);
  private boolean atStart = true;

  /**
   * @param ownText whether a text begins, which is not the continuation of another
   */
  StreamingDecoder(Tokenizer tokenizer, boolean special, boolean ownText) {
    this.tokenizer = tokenizer;
    this.special = special;
    this.ownText = ownText;
  }

  /**
   * Takes the next token.
   *
   * @return the text that is complete now; often empty
   * @throws IndexOutOfBoundsException for an id that is not in the vocabulary
   */
  public String accept(int token) {
    tokenizer.appendPiece(token, special, pending);
    if (atStart && pending.size() > 0) {
      atStart = false;
      if (ownText && tokenizer.addsSpacePrefix() && pending.array()[0] == ' ') {
        pending.removeFirst(1);
      }
    }
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
    atStart = true;
    return text;
  }
}
