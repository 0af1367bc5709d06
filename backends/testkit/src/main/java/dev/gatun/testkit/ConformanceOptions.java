package dev.gatun.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a device declares to the suite.
 *
 * @param precision what its kernels do to activations
 * @param refusals names of the cases that the device refuses, exactly; see {@link
 *     ConformanceSuite#refusals}
 * @param bindHostMemory whether sessions take host memory as buffers
 * @param liveHandles counts the device's open native handles, to find leaks; empty for none
 * @param filter which cases to run, by name; the others, and their refusals, are left out
 */
public record ConformanceOptions(
    Precision precision,
    Set<String> refusals,
    boolean bindHostMemory,
    Optional<LongSupplier> liveHandles,
    Predicate<String> filter) {
  public ConformanceOptions {
    refusals = Set.copyOf(refusals);
  }

  /** A device that refuses nothing. */
  public static ConformanceOptions of(Precision precision) {
    return new ConformanceOptions(precision, Set.of(), true, Optional.empty(), name -> true);
  }

  public ConformanceOptions withRefusals(Set<String> names) {
    return new ConformanceOptions(precision, names, bindHostMemory, liveHandles, filter);
  }

  /**
   * Refusals from a committed list: one name a line; empty lines and lines that begin with {@code
   * #} are comments.
   */
  public ConformanceOptions withRefusals(InputStream list) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
      List<String> lines = reader.lines().map(String::strip).toList();
      return withRefusals(
          lines.stream()
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .collect(Collectors.toSet()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ConformanceOptions withLiveHandles(LongSupplier count) {
    return new ConformanceOptions(precision, refusals, bindHostMemory, Optional.of(count), filter);
  }

  public ConformanceOptions withFilter(Predicate<String> wanted) {
    return new ConformanceOptions(precision, refusals, bindHostMemory, liveHandles, wanted);
  }

  /** For devices whose sessions use their own memory only. */
  public ConformanceOptions withoutHostMemory() {
    return new ConformanceOptions(precision, refusals, false, liveHandles, filter);
  }
}
