package dev.gatun.formats.gguf;

import java.util.List;

/**
 * Where a metadata value lies in the header. Values are decoded when they are asked for: a
 * vocabulary of a quarter of a million strings costs nothing until then.
 */
sealed interface GgufValue {
  /** A number, boolean or string; for a string, {@code at} is that of its length. */
  record Single(GgufType type, int at) implements GgufValue {}

  /** Numbers or booleans, one after the other. */
  record Numbers(GgufType element, int at, int count) implements GgufValue {}

  /** Strings, each with its 8-byte length before it. */
  final class Strings implements GgufValue {
    private final int[] starts;

    /**
     * @param starts where each string's length lies; one more entry for the end of the last
     */
    Strings(int[] starts) {
      this.starts = starts;
    }

    int count() {
      return starts.length - 1;
    }

    /** Where the bytes of a string begin. */
    int from(int index) {
      return starts[index] + 8;
    }

    /** Bytes of a string. */
    int length(int index) {
      return starts[index + 1] - from(index);
    }
  }

  /** An array of arrays. */
  record Nested(List<GgufValue> values) implements GgufValue {}

  /** What the value is, for messages. */
  default String describe() {
    if (this instanceof Single single) {
      return single.type() == GgufType.STRING ? "a string" : "one " + single.type();
    }
    if (this instanceof Numbers numbers) {
      return "an array of " + numbers.count() + " " + numbers.element();
    }
    if (this instanceof Strings strings) {
      return "an array of " + strings.count() + " strings";
    }
    return "an array of arrays";
  }
}
