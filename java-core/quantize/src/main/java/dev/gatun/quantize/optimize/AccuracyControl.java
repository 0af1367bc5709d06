package dev.gatun.quantize.optimize;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives the parts that quantization has hurt most their precision back: first an eighth of them,
 * then a quarter, half, all, as long as a limit does not hold.
 */
final class AccuracyControl {
  private static final int STEPS = 4;

  private AccuracyControl() {}

  /**
   * The parts of each step.
   *
   * @param hurt the most hurt first
   */
  static <T> List<List<T>> steps(List<T> hurt) {
    List<List<T>> steps = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      int count = Math.max(1, hurt.size() >> (STEPS - 1 - step));
      List<T> parts = hurt.subList(0, Math.min(count, hurt.size()));
      if (!parts.isEmpty() && (steps.isEmpty() || steps.getLast().size() < parts.size())) {
        steps.add(List.copyOf(parts));
      }
    }
    return steps;
  }
}
