package dev.gatun.quantize.mix;

import dev.gatun.tensor.DType;

/**
 * The type of one tensor, and why.
 *
 * @param type what it will be
 * @param cause what decided it
 */
public record TypeChoice(DType type, Cause cause) {
  /** What decides a type. */
  public enum Cause {
    /** Small or sensitive tensors keep their type. */
    KEPT,
    /** The rules of the file's type. */
    MIX,
    /** The user. */
    ASKED,
    /** The type of the rules or the user has blocks that rows of this length do not fill. */
    FALLBACK
  }
}
