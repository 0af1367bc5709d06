package dev.gatun.models.arch;

import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A model's metadata under its architecture's prefix, with types and ranges checked. Every getter
 * throws {@link ModelException} that names the key.
 */
final class Hyperparameters {
  /** Most layers, heads, elements of a head, experts: far above real models. */
  static final int MAX_COUNT = 1 << 16;

  /** Largest width of a layer. */
  static final int MAX_WIDTH = 1 << 24;

  private static final String ARCHITECTURE = "general.architecture";

  private static final String TOKENS = "tokenizer.ggml.tokens";

  private final String model;
  private final Metadata metadata;
  private final String architecture;

  Hyperparameters(ModelSource source) {
    this.model = source.name();
    this.metadata = source.metadata();
    this.architecture = architecture(source);
  }

  static String architecture(ModelSource source) {
    try {
      return source
          .metadata()
          .string(ARCHITECTURE)
          .orElseThrow(() -> new ModelException(source.name() + ": metadata lack " + ARCHITECTURE));
    } catch (IllegalArgumentException e) {
      throw new ModelException(source.name() + ": " + e.getMessage(), e);
    }
  }

  String model() {
    return model;
  }

  String architecture() {
    return architecture;
  }

  boolean has(String key) {
    return metadata.keys().contains(full(key));
  }

  /** A required integer from 1 to {@code max}. */
  int count(String key, int max) {
    if (!has(key)) {
      throw missing(key);
    }
    return count(key, 0, max);
  }

  /** An integer from 1 to {@code max}; {@code fallback} when absent. */
  int count(String key, int fallback, int max) {
    return get(key, metadata::integer).map(value -> checked(key, value, 1, max)).orElse(fallback);
  }

  /** An integer from 0 to {@code max}; 0 when absent. */
  int optional(String key, int max) {
    return get(key, metadata::integer).map(value -> checked(key, value, 0, max)).orElse(0);
  }

  /**
   * An integer from 1 to {@code max} that may differ from layer to layer: the file has one number,
   * or an array with one per layer. {@code fallback} when absent.
   */
  int perLayer(String key, int layer, int fallback, int max) {
    if (!has(key)) {
      return fallback;
    }
    if (metadata.value(full(key)).orElseThrow() instanceof Long) {
      return count(key, max);
    }
    long[] values = get(key, metadata::integers).orElseThrow();
    if (layer >= values.length) {
      throw bad(key, "has " + values.length + " values, none for layer " + layer);
    }
    return checked(key, values[layer], 1, max);
  }

  /** {@link #perLayer(String, int, int, int)} without a fallback. */
  int perLayer(String key, int layer, int max) {
    if (!has(key)) {
      throw missing(key);
    }
    return perLayer(key, layer, 0, max);
  }

  /** A finite number above 0; {@code fallback} when absent. */
  double positive(String key, double fallback) {
    double value = real(key, fallback);
    if (value <= 0) {
      throw bad(key, "is " + value + ", not above 0");
    }
    return value;
  }

  /** A required finite number of at least 0. */
  double epsilon(String key) {
    if (!has(key)) {
      throw missing(key);
    }
    double value = real(key, 0);
    if (value < 0) {
      throw bad(key, "is " + value + ", below 0");
    }
    return value;
  }

  /** A finite number; {@code fallback} when absent. */
  double real(String key, double fallback) {
    double value = get(key, metadata::floating).orElse(fallback);
    if (!Double.isFinite(value) || Math.abs(value) > Float.MAX_VALUE) {
      throw bad(key, "is " + value);
    }
    return value;
  }

  boolean flag(String key, boolean fallback) {
    return get(key, metadata::bool).orElse(fallback);
  }

  String text(String key, String fallback) {
    return get(key, metadata::string).orElse(fallback);
  }

  /**
   * Whether a layer attends through the sliding window. The file has a period n (every n-th layer
   * sees everything; 0: none does), or one flag per layer.
   */
  boolean windowed(String key, int layer, int defaultPeriod) {
    if (has(key) && !(metadata.value(full(key)).orElseThrow() instanceof Long)) {
      boolean[] flags = get(key, metadata::booleans).orElseThrow();
      if (layer >= flags.length) {
        throw bad(key, "has " + flags.length + " values, none for layer " + layer);
      }
      return flags[layer];
    }
    int period = has(key) ? optional(key, MAX_COUNT) : defaultPeriod;
    return period == 0 || layer % period < period - 1;
  }

  /**
   * Checks the number of tokens against the tokenizer, or {@code vocab_size} in a file without one.
   */
  void requireTokens(int vocabulary) {
    int known;
    try {
      known = metadata.strings(TOKENS).map(List::size).orElse(-1);
    } catch (IllegalArgumentException e) {
      throw new ModelException(model + ": " + e.getMessage(), e);
    }
    if (known < 0) {
      known = count("vocab_size", vocabulary, Integer.MAX_VALUE);
    }
    if (known != vocabulary) {
      throw new ModelException(
          "%s: tensor token_embd.weight has %d tokens, the metadata have %d"
              .formatted(model, vocabulary, known));
    }
  }

  ModelException bad(String key, String message) {
    return new ModelException("%s: %s %s".formatted(model, full(key), message));
  }

  UnsupportedModelException unsupported(String what) {
    return new UnsupportedModelException(
        "%s: %s is not supported for architecture %s".formatted(model, what, architecture));
  }

  private ModelException missing(String key) {
    return new ModelException("%s: metadata lack %s".formatted(model, full(key)));
  }

  private int checked(String key, long value, int min, int max) {
    if (value < min || value > max) {
      throw bad(key, "is %d, not in %d..%d".formatted(value, min, max));
    }
    return (int) value;
  }

  private <T> Optional<T> get(String key, Function<String, Optional<T>> getter) {
    try {
      return getter.apply(full(key));
    } catch (IllegalArgumentException e) {
      throw new ModelException(model + ": " + e.getMessage(), e);
    }
  }

  private String full(String key) {
    return architecture + "." + key;
  }
}
