package dev.gatun.engine.size;

/** The sizes of the current submission. */
@FunctionalInterface
public interface Sizes {
  /** The size of a dynamic {@link Extent}, by its index. */
  long size(int index);
}
