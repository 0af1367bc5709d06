package dev.gatun.openvino;

import java.util.List;
import java.util.Optional;

/**
 * An input or an output of a model.
 *
 * @param name one of its tensor names; empty when it has none
 * @param type its element type; empty for one that {@link ElementType} does not list
 * @param dims bounds of each dimension; empty when even the rank is open
 */
public record Port(String name, Optional<ElementType> type, Optional<List<Range>> dims) {
  /** Bounds of a dimension, both included; {@code max} is -1 for none. */
  public record Range(long min, long max) {
    /** Whether only one size is possible. */
    public boolean isFixed() {
      return min == max;
    }

    @Override
    public String toString() {
      return isFixed() ? Long.toString(min) : min + ".." + (max < 0 ? "?" : Long.toString(max));
    }
  }
}
