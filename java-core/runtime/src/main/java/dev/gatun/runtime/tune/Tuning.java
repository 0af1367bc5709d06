package dev.gatun.runtime.tune;

import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * What is chosen for one model on one device.
 *
 * @param device the device's id
 * @param choices values that differ from the device's standard, by name; in order; empty when none
 *     was faster
 * @param ratio speed with them over speed without, on the task of {@link Tuner}
 * @param date when it was measured
 */
public record Tuning(String device, Map<String, String> choices, double ratio, LocalDate date) {
  /** Name of the choice of the most tokens of one submission. */
  public static final String BLOCK = "block";

  public Tuning {
    choices = Collections.unmodifiableMap(new LinkedHashMap<>(choices));
  }

  /** The choices that reach the device. */
  public Map<String, String> ofDevice() {
    Map<String, String> own = new LinkedHashMap<>(choices);
    own.remove(BLOCK);
    return own;
  }

  /** The most tokens of one submission, where it was chosen. */
  public OptionalInt block() {
    return choices.containsKey(BLOCK)
        ? OptionalInt.of(Integer.parseInt(choices.get(BLOCK)))
        : OptionalInt.empty();
  }

  /** {@code threads 2, block 256 (1.12x the default, 2026-11-22)}. */
  @Override
  public String toString() {
    if (choices.isEmpty()) {
      return "the default is best (" + date + ")";
    }
    return choices.entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "))
        + String.format(Locale.ROOT, " (%.2fx the default, %s)", ratio, date);
  }
}
