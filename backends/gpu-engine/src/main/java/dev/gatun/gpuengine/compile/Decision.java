package dev.gatun.gpuengine.compile;

import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.SizedByNumbers;
import dev.gatun.graph.op.Sizing;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * What a node of an op that is {@link SizedByNumbers} does, as far as its numbers decide it: known
 * while compiling, or found in each submission.
 */
final class Decision {
  private final Sizing known;
  private final Function<LaunchSizes, Sizing> found;

  private Decision(Sizing known, Function<LaunchSizes, Sizing> found) {
    this.known = known;
    this.found = found;
  }

  /** That of a node; adds the step that finds it where one must. */
  static Decision of(GpuLowering lowering, Node node) {
    SizedByNumbers op = (SizedByNumbers) node.op();
    List<Place> inputs = node.inputs().stream().map(value -> Place.of(lowering, value)).toList();
    boolean read =
        op.deciding().stream().anyMatch(i -> i < inputs.size() && inputs.get(i).at() != null);
    if (read || DataSizes.areFoundBy(node)) {
      int slot = lowering.slot();
      lowering.add(new SizesStep(node, inputs, op.deciding(), op::shapes, slot));
      return new Decision(null, sizes -> sizes.found(slot));
    }
    List<Array> numbers = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      boolean decides = op.deciding().contains(i) && inputs.get(i).isPresent();
      numbers.add(decides ? Array.of(inputs.get(i).constant()) : null);
    }
    Function<LaunchSizes, Sizing> found =
        sizes -> new Sizing(inputs.stream().map(place -> shape(place, sizes)).toList(), numbers);
    boolean fixed =
        inputs.stream().flatMap(place -> place.dims().stream()).allMatch(Extent::isFixed);
    return new Decision(fixed ? found.apply(null) : null, found);
  }

  private static Shape shape(Place place, LaunchSizes sizes) {
    return place.isPresent()
        ? Shape.of(
            place.dims().stream()
                .mapToLong(dim -> dim.isFixed() ? dim.factor() : dim.of(sizes))
                .toArray())
        : null;
  }

  /** A number of a launch that follows from it. */
  Size size(ToLongFunction<Sizing> number) {
    return known != null
        ? Size.fixed(number.applyAsLong(known))
        : sizes -> number.applyAsLong(found.apply(sizes));
  }

  /** The same of a floating-point number. */
  Amount amount(ToDoubleFunction<Sizing> number) {
    return sizes -> number.applyAsDouble(known != null ? known : found.apply(sizes));
  }

  /** Several such numbers. */
  List<Size> sizes(int count, Function<Sizing, long[]> numbers) {
    return IntStream.range(0, count)
        .mapToObj(i -> size(sizing -> numbers.apply(sizing)[i]))
        .toList();
  }
}
