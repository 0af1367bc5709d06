package dev.gatun.models.tokenizer;

/** What kind of token an id is; the names are GGUF's. */
public enum TokenType {
  /** No kind given in the file, or one that nobody knows. */
  UNDEFINED,
  /** A piece of text. */
  NORMAL,
  /** Stands for text that the vocabulary cannot express. */
  UNKNOWN,
  /** Steers the model (begin of sequence, end of turn); never comes from plain text. */
  CONTROL,
  /**
   * A piece of text that is matched before all others, also where special tokens are not parsed.
   */
  USER_DEFINED,
  /** A free slot of the vocabulary. */
  UNUSED,
  /** One byte, for text that no piece covers. */
  BYTE
}
