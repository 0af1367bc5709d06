package dev.gatun.engine.finish;

import dev.gatun.engine.memory.GraphPlaces;
import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Binary;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds the elementwise nodes that follow a node and nothing else reads between: they become parts
 * of what happens to its result, and are not lowered again.
 */
public final class FinishFusion {
  /**
   * What kernels take.
   *
   * @param parts most parts
   * @param others most other values that parts read
   */
  public record Limits(int parts, int others) {
    public static final Limits NONE = new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  private final GraphPlaces places;
  private final Limits limits;
  private final Consumer<Node> fuse;
  private final FinishBuilder parts;
  private final List<Operand> others = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private Value result;

  /**
   * Looks at what follows a node.
   *
   * @param fuse hears of each node that is taken
   */
  public FinishFusion(GraphPlaces places, Node node, Limits limits, Consumer<Node> fuse) {
    this.places = places;
    this.limits = limits;
    this.fuse = fuse;
    parts = new FinishBuilder(limits.parts());
    result = node.output();
    boolean more = true;
    while (more) {
      more = single() || gate();
    }
  }

  /** The value that comes out at the end. */
  public Value result() {
    return result;
  }

  /** What happens, in order. */
  public List<FinishPart> parts() {
    return List.copyOf(parts.parts());
  }

  /** The values that parts read, each of the result's shape. */
  public List<Operand> others() {
    return List.copyOf(others);
  }

  /** The nodes that were taken. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  private void take(Node node) {
    nodes.add(node);
    fuse.accept(node);
    result = node.output();
  }

  private boolean single() {
    List<Node> readers = places.readers(result);
    if (readers.size() != 1 || places.views().isKept(result)) {
      return false;
    }
    Node reader = readers.getFirst();
    if (!follows(reader, result)) {
      return false;
    }
    if (!parts.add(reader, result, this::number) && !other(reader)) {
      return false;
    }
    take(reader);
    return true;
  }

  private static boolean follows(Node node, Value x) {
    return node.output().type().dtype() == DType.F32
        && node.output().type().dims().equals(x.type().dims());
  }

  /** A function of the result and another value of its shape. */
  private boolean other(Node node) {
    if (!(node.op() instanceof Binary(Binary.Function function))
        || function == Binary.Function.POW) {
      return false;
    }
    boolean reversed = node.input(1).id() == result.id();
    Value other = node.input(reversed ? 0 : 1);
    boolean fits =
        other.id() != result.id()
            && other.type().dtype() == DType.F32
            && other.type().dims().equals(result.type().dims())
            && places.isPlaced(other)
            && others.size() < limits.others()
            && parts.other(function, reversed, others.size());
    if (fits) {
      others.add(places.operand(other));
    }
    return fits;
  }

  private Optional<Float> number(Value value) {
    return value.type().dtype() != DType.F32
        ? Optional.empty()
        : places
            .views()
            .constant(value)
            .filter(tensor -> tensor.shape().elements() == 1)
            .map(tensor -> (float) Array.of(tensor).values()[0]);
  }

  /** A product of the result with a function of it that nothing else reads. */
  private boolean gate() {
    List<Node> readers = places.readers(result);
    if (readers.size() != 2 || places.views().isKept(result)) {
      return false;
    }
    Node start = readers.get(0).id() < readers.get(1).id() ? readers.get(0) : readers.get(1);
    Node end = start.equals(readers.get(0)) ? readers.get(1) : readers.get(0);
    if (!(end.op() instanceof Binary(Binary.Function function))
        || function != Binary.Function.MUL
        || !follows(end, result)) {
      return false;
    }
    var chain = new FinishBuilder(limits.parts());
    List<Node> taken = new ArrayList<>();
    Value at = result;
    Node next = start;
    while (!next.equals(end)) {
      boolean fits =
          follows(next, at)
              && chain.add(next, at, this::number)
              && !places.views().isKept(next.output());
      if (!fits) {
        return false;
      }
      taken.add(next);
      at = next.output();
      List<Node> after = places.readers(at);
      if (after.size() != 1) {
        return false;
      }
      next = after.getFirst();
    }
    boolean reversed = end.input(1).id() == result.id();
    if (end.input(reversed ? 0 : 1).id() != at.id()
        || end.input(reversed ? 1 : 0).id() != result.id()
        || !parts.gate(chain)) {
      return false;
    }
    taken.forEach(this::take);
    take(end);
    return true;
  }
}
