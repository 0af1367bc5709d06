package dev.gatun.qnnbackend.lower;

import dev.gatun.qnn.Elements;
import java.util.Map;
import java.util.Set;

/**
 * How to lower.
 *
 * @param sizes the size of every symbol
 * @param floats what floating-point numbers become: F16 or F32
 * @param capacity positions that a state stores beside those of a run
 * @param observe names of values to give as outputs, too
 */
public record LoweringOptions(
    Map<String, Long> sizes, Elements floats, int capacity, Set<String> observe) {
  public LoweringOptions {
    sizes = Map.copyOf(sizes);
    observe = Set.copyOf(observe);
    if (floats != Elements.F16 && floats != Elements.F32) {
      throw new IllegalArgumentException("floating-point numbers are no " + floats);
    }
  }
}
