package dev.gatun.models.tokenizer;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * The tokens of a model: ids from 0 to {@link #size()} - 1, each with its text as the file has it,
 * its type and its score. Immutable; safe for use by many threads.
 */
public final class Vocabulary {
  // Several may be set: llama.cpp makes a token that looks like a control token one without taking
  // away what it was.
  static final int UNKNOWN = 1;
  static final int UNUSED = 2;
  static final int NORMAL = 4;
  static final int CONTROL = 8;
  static final int USER_DEFINED = 16;
  static final int BYTE = 32;

  /** White space before the token is dropped where it is parsed from text. */
  static final int LEFT_STRIP = 64;

  /** White space after the token is dropped where it is parsed from text. */
  static final int RIGHT_STRIP = 128;

  private final TokenTable table;
  private final byte[] attributes;
  private final float[] scores;

  /**
   * Takes ownership of the arrays.
   *
   * @param scores one per token, or empty
   */
  Vocabulary(TokenTable table, byte[] attributes, float[] scores) {
    this.table = table;
    this.attributes = attributes;
    this.scores = scores;
  }

  /** How many tokens there are. */
  public int size() {
    return table.size();
  }

  /**
   * The text of a token as the file has it: byte-level models show bytes by their stand-ins ("Ġ"
   * for a space), SentencePiece shows spaces as U+2581. {@link Tokenizer#pieceBytes} gives what the
   * token stands for.
   *
   * @throws IndexOutOfBoundsException for an id that is not in the vocabulary
   */
  public String token(int id) {
    return table.text(check(id));
  }

  /** The id of a token by its text as the file has it. */
  public OptionalInt id(String token) {
    int id = table.find(token);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * What kind of token an id is.
   *
   * @throws IndexOutOfBoundsException for an id that is not in the vocabulary
   */
  public TokenType type(int id) {
    int bits = attributes[check(id)];
    if ((bits & CONTROL) != 0) {
      return TokenType.CONTROL;
    }
    if ((bits & UNKNOWN) != 0) {
      return TokenType.UNKNOWN;
    }
    if ((bits & USER_DEFINED) != 0) {
      return TokenType.USER_DEFINED;
    }
    if ((bits & BYTE) != 0) {
      return TokenType.BYTE;
    }
    if ((bits & UNUSED) != 0) {
      return TokenType.UNUSED;
    }
    return (bits & NORMAL) != 0 ? TokenType.NORMAL : TokenType.UNDEFINED;
  }

  /**
   * The score of a token: a log probability (unigram) or a merge priority (SentencePiece BPE); 0
   * where the file has none.
   *
   * @throws IndexOutOfBoundsException for an id that is not in the vocabulary
   */
  public float score(int id) {
    check(id);
    return scores.length == 0 ? 0 : scores[id];
  }

  /** Whether one of some attribute bits is set. */
  boolean has(int id, int bits) {
    return (attributes[id] & bits) != 0;
  }

  TokenTable table() {
    return table;
  }

  private int check(int id) {
    return Objects.checkIndex(id, table.size());
  }
}
