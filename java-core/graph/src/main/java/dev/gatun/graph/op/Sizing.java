package dev.gatun.graph.op;

import dev.gatun.tensor.Shape;
import java.util.Collections;
import java.util.List;

/**
 * What the sizes of an op's results follow from.
 *
 * @param shapes of all inputs; null for an absent one
 * @param numbers contents of inputs, by place; null for one that is absent, or that decides nothing
 */
public record Sizing(List<Shape> shapes, List<Array> numbers) {
  public Sizing {
    shapes = Collections.unmodifiableList(shapes);
    numbers = Collections.unmodifiableList(numbers);
  }

  static Sizing of(ReferenceCall call) {
    return new Sizing(
        call.inputs().stream().map(input -> input == null ? null : input.shape()).toList(),
        call.inputs());
  }

  /** The shape of an input; null when it is absent. */
  public Shape shape(int input) {
    return input < shapes.size() ? shapes.get(input) : null;
  }

  /** The numbers of an input; null when it is absent. */
  public Array number(int input) {
    return input < numbers.size() ? numbers.get(input) : null;
  }
}
