package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Set;

/**
 * An op that reads a few of its inputs as numbers (axes, pads, lengths), which with the shapes of
 * the others tell the sizes of its results, and what it does. So a device that computes with memory
 * of its own gives the host those numbers only, and computes the rest where it is.
 */
public interface SizedByNumbers {
  /** Places of the inputs that are such numbers; some may be absent. */
  Set<Integer> deciding();

  /**
   * Shapes of the results.
   *
   * @throws GraphException when the numbers do not fit
   */
  List<Shape> shapes(Sizing sizing);
}
