package dev.gatun.cpuengine.step;

import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.Extents;
import dev.gatun.graph.Dim;
import java.util.ArrayList;
import java.util.List;

/**
 * How a value covers an output by NumPy's rule of broadcasting.
 *
 * @param dims of the output
 * @param repeated per dimension, whether the value has extent 1 where the output has more, or lacks
 *     the dimension
 */
public record Repeats(List<Extent> dims, List<Boolean> repeated) {
  public Repeats {
    dims = List.copyOf(dims);
    repeated = List.copyOf(repeated);
  }

  public static Repeats of(Extents extents, List<Dim> output, List<Dim> input) {
    List<Boolean> repeated = new ArrayList<>();
    int missing = output.size() - input.size();
    for (int i = 0; i < output.size(); i++) {
      repeated.add(i < missing || !input.get(i - missing).equals(output.get(i)));
    }
    return new Repeats(output.stream().map(extents::of).toList(), repeated);
  }

  /** Whether every element of the value is used once. */
  public boolean isIdentity() {
    return !repeated.contains(true);
  }

  /** Index in the value of an element of the output. */
  public long source(Frame frame, long element) {
    long left = element;
    long stride = 1;
    long index = 0;
    for (int d = dims.size() - 1; d >= 0; d--) {
      int size = dims.get(d).of(frame);
      if (!repeated.get(d)) {
        index += left % size * stride;
        stride *= size;
      }
      left /= size;
    }
    return index;
  }
}
