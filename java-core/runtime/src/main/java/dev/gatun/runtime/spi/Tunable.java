package dev.gatun.runtime.spi;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A choice that a device leaves open because its best value depends on machine and model. What is
 * chosen reaches the device as {@link CompileOptions#choices}.
 *
 * @param name short, lower case: {@code threads}
 * @param meaning one line for people
 * @param values what may be chosen, the standard among them
 * @param standard what the device takes when nothing is chosen
 * @param exact the value whose results the others are held against, where values differ in their
 *     arithmetic; empty where all give the same results
 */
public record Tunable(
    String name, String meaning, List<String> values, String standard, Optional<String> exact) {
  /** Name of the choice of worker threads. */
  public static final String THREADS = "threads";

  public Tunable {
    Objects.requireNonNull(meaning);
    values = List.copyOf(values);
    if (!values.contains(standard) || !values.contains(exact.orElse(standard))) {
      throw new IllegalArgumentException(name + " is one of " + values + ", not " + standard);
    }
  }

  /** A choice of speed alone. */
  public static Tunable of(String name, String meaning, List<String> values, String standard) {
    return new Tunable(name, meaning, values, standard, Optional.empty());
  }
}
