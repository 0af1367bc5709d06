package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Sizing;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Finds the sizes of a node's results where data tell them: the host reads a few numbers back, and
 * the kernels of the steps that follow run with what follows from them.
 *
 * @param inputs what the sizes follow from
 * @param deciding places of those whose numbers are looked at
 * @param shapes of the results
 * @param slot where the session keeps what it found, for {@link LaunchSizes#found}
 */
public record SizesStep(
    Node work,
    List<Place> inputs,
    Set<Integer> deciding,
    Function<Sizing, List<Shape>> shapes,
    int slot)
    implements Step {
  public SizesStep {
    inputs = List.copyOf(inputs);
    deciding = Set.copyOf(deciding);
  }

  @Override
  public String node() {
    return work.name();
  }

  @Override
  public String unit() {
    return "engine.sizes";
  }

  /** What it reads: the numbers. */
  @Override
  public List<Operand> touched() {
    return IntStream.range(0, inputs.size())
        .filter(deciding::contains)
        .mapToObj(i -> inputs.get(i).at())
        .filter(Objects::nonNull)
        .toList();
  }
}
