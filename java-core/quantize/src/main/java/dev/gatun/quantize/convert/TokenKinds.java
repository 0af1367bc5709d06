package dev.gatun.quantize.convert;

/** The numbers that stand for kinds of tokens under {@code tokenizer.ggml.token_type}. */
final class TokenKinds {
  static final int NORMAL = 1;
  static final int UNKNOWN = 2;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int UNUSED = 5;
  static final int BYTE = 6;

  private static final String SPACE = "\u2581";

  private TokenKinds() {}

  /** The kind of a token that was added to a vocabulary. */
  static int added(String text, boolean special) {
    return special || looksSpecial(text) ? CONTROL : USER_DEFINED;
  }

  /** The text of an added token: spaces of one that users may write are plain. */
  static String text(String text, int kind) {
    return kind == USER_DEFINED ? text.replace(SPACE, " ") : text;
  }

  /**
   * Whether a token is one of control by its looks: some models forget to mark theirs (source:
   * llama.cpp's converter).
   */
  private static boolean looksSpecial(String text) {
    return text.equals("<pad>")
        || text.equals("<mask>")
        || text.equals("<2mass>")
        || text.equals("[@BOS@]")
        || (text.startsWith("<|") && text.endsWith("|>"))
        || (text.startsWith("<\uFF5C") && text.endsWith("\uFF5C>"))
        || (text.startsWith("<unused") && text.endsWith(">"));
  }
}
