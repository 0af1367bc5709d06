package dev.gatun.cpuengine.compile;

import dev.gatun.cpuengine.layer.Epilogue;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Binary;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the elementwise nodes that follow a node and nothing else reads between: they become parts
 * of its {@link Epilogue} and are not lowered again.
 */
final class EpilogueFusion {
  private final Lowering lowering;
  private final FinishBuilder parts = new FinishBuilder();
  private final List<Operand> others = new ArrayList<>();
  private final List<String> nodes = new ArrayList<>();
  private Value result;

  EpilogueFusion(Lowering lowering, Node node) {
    this.lowering = lowering;
    result = node.output();
    boolean more = true;
    while (more) {
      more = single() || gate();
    }
  }

  /** The value that comes out at the end. */
  Value result() {
    return result;
  }

  Epilogue epilogue() {
    return new Epilogue(parts.parts(), others);
  }

  /** Names of the nodes that were taken. */
  List<String> nodes() {
    return nodes;
  }

  /** What the parts read. */
  List<Access> reads() {
    return others.stream().map(Access::whole).toList();
  }

  private void take(Node node) {
    nodes.add(node.name());
    lowering.fused.add(node.id());
    result = node.output();
  }

  private boolean single() {
    List<Node> readers = lowering.readers(result);
    if (readers.size() != 1 || lowering.views().isKept(result)) {
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
            && lowering.isPlaced(other);
    if (fits) {
      parts.other(function, reversed, others.size());
      others.add(lowering.operand(other));
    }
    return fits;
  }

  private Optional<Float> number(Value value) {
    return value.type().dtype() != DType.F32
        ? Optional.empty()
        : lowering
            .views()
            .constant(value)
            .filter(tensor -> tensor.shape().elements() == 1)
            .map(tensor -> (float) Array.of(tensor).values()[0]);
  }

  /** A product of the result with a function of it that nothing else reads. */
  private boolean gate() {
    List<Node> readers = lowering.readers(result);
    if (readers.size() != 2 || lowering.views().isKept(result)) {
      return false;
    }
    Node start = readers.get(0).id() < readers.get(1).id() ? readers.get(0) : readers.get(1);
    Node end = start.equals(readers.get(0)) ? readers.get(1) : readers.get(0);
    if (!(end.op() instanceof Binary(Binary.Function function))
        || function != Binary.Function.MUL
        || !follows(end, result)) {
      return false;
    }
    var chain = new FinishBuilder();
    List<Node> taken = new ArrayList<>();
    Value at = result;
    Node next = start;
    while (!next.equals(end)) {
      boolean fits =
          follows(next, at)
              && chain.add(next, at, this::number)
              && !lowering.views().isKept(next.output());
      if (!fits) {
        return false;
      }
      taken.add(next);
      at = next.output();
      List<Node> after = lowering.readers(at);
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
