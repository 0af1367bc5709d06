package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Array;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Parameters of ops that are constants of the graph: axes, pads, lengths. */
record Numbers(Graph graph) {
  /** An input's numbers; empty when it is not constant, or absent. */
  Optional<long[]> of(Node node, int input) {
    if (input >= node.inputs().size() || node.input(input).isAbsent()) {
      return Optional.empty();
    }
    return graph
        .constant(node.input(input))
        .map(constant ->
            Arrays.stream(Array.of(constant.data()).values())
                .mapToLong(number -> (long) number)
                .toArray());
  }

  /** An input's numbers, and none when it is absent; empty when it is not constant. */
  Optional<long[]> optional(Node node, int input) {
    boolean absent = input >= node.inputs().size() || node.input(input).isAbsent();
    return absent ? Optional.of(new long[0]) : of(node, input);
  }

  /** Axes from 0, of numbers that may count from the end; all of them when the input is absent. */
  Optional<int[]> axes(Node node, int input, int rank) {
    return optional(node, input)
        .map(numbers ->
            numbers.length == 0
                ? IntStream.range(0, rank).toArray()
                : Arrays.stream(numbers)
                    .mapToInt(axis -> (int) (axis < 0 ? axis + rank : axis))
                    .toArray());
  }
}
