package dev.gatun.graph;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Typed key-value metadata of a model. Keys are GGUF's (for example {@code
 * llama.attention.head_count}); other formats present theirs under the same names where they mean
 * the same.
 *
 * <p>An absent key is empty; a key of another kind (a string where a number is asked for) throws
 * {@link IllegalArgumentException} that names the key and both kinds. Integers of every width are
 * read as long, floating-point numbers as double; integer to floating point is converted, not the
 * reverse. Implementations are immutable.
 */
public interface Metadata {
  /** All keys, in file order. */
  Set<String> keys();

  /**
   * The value as stored: Long, Double, Boolean, String, or a list or primitive array of those. For
   * display.
   */
  Optional<Object> value(String key);

  Optional<String> string(String key);

  Optional<Long> integer(String key);

  Optional<Double> floating(String key);

  Optional<Boolean> bool(String key);

  /** An array of strings, unmodifiable. */
  Optional<List<String>> strings(String key);

  /**
   * The same array without one object per string: for vocabularies. Sources that hold the bytes
   * override this; the default encodes {@link #strings}.
   */
  default Optional<Utf8Strings> utf8Strings(String key) {
    return strings(key).map(Utf8Strings::of);
  }

  /** A copy of an array of integers of any width. */
  Optional<long[]> integers(String key);

  /** A copy of an array of floating-point numbers. */
  Optional<float[]> floats(String key);

  /** An array of booleans, copied. */
  Optional<boolean[]> booleans(String key);
}
