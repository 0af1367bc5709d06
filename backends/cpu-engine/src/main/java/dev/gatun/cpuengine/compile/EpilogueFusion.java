package dev.gatun.cpuengine.compile;

import dev.gatun.cpuengine.layer.Epilogue;
import dev.gatun.cpuengine.layer.Epilogue.Part;
import dev.gatun.cpuengine.step.Operand;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
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
  private final List<Part> parts = new ArrayList<>();
  private final List<String> nodes = new ArrayList<>();
  private final List<Access> reads = new ArrayList<>();
  private Value result;

  /**
   * @param bias per channel; may be absent
   */
  EpilogueFusion(Lowering lowering, Node node, Value bias) {
    this.lowering = lowering;
    result = node.output();
    if (!bias.isAbsent()) {
      Operand at = lowering.operand(bias);
      parts.add(new Epilogue.Bias(at));
      reads.add(Access.whole(at));
    }
    boolean more = true;
    while (more) {
      more = single() || gate();
    }
  }

  /** The value that comes out at the end. */
  Value result() {
    return result;
  }

  List<Part> parts() {
    return parts;
  }

  /** Names of the nodes that were taken. */
  List<String> nodes() {
    return nodes;
  }

  /** What the parts read. */
  List<Access> reads() {
    return reads;
  }

  private void take(Node node, List<Part> more) {
    parts.addAll(more);
    nodes.add(node.name());
    lowering.fused.add(node.id());
    result = node.output();
  }

  private boolean single() {
    List<Node> readers = lowering.readers(result);
    if (readers.size() != 1 || lowering.views.isKept(result)) {
      return false;
    }
    Node reader = readers.getFirst();
    Optional<Part> part = part(reader, result, true);
    part.ifPresent(found -> take(reader, List.of(found)));
    return part.isPresent();
  }

  /**
   * What a node does to one of its inputs.
   *
   * @param others whether a second value of the same shape may be read
   */
  private Optional<Part> part(Node node, Value x, boolean others) {
    if (node.output().type().dtype() != DType.F32
        || !node.output().type().dims().equals(x.type().dims())) {
      return Optional.empty();
    }
    if (node.op() instanceof Unary(Unary.Function function)) {
      return Optional.of(new Epilogue.Function(function));
    }
    if (!(node.op() instanceof Binary(Binary.Function function)) || !isArithmetic(function)) {
      return Optional.empty();
    }
    boolean reversed = node.input(1).id() == x.id();
    Value other = node.input(reversed ? 0 : 1);
    if (other.id() == x.id() || other.type().dtype() != DType.F32) {
      return Optional.empty();
    }
    Optional<Float> number = number(other);
    if (number.isPresent()) {
      return Optional.of(new Epilogue.Scalar(function, number.get(), reversed));
    }
    if (!others || !other.type().dims().equals(x.type().dims()) || !lowering.isPlaced(other)) {
      return Optional.empty();
    }
    Operand at = lowering.operand(other);
    reads.add(Access.whole(at));
    return Optional.of(new Epilogue.With(function, at, reversed));
  }

  private static boolean isArithmetic(Binary.Function function) {
    return switch (function) {
      case ADD, SUB, MUL, DIV, MAX, MIN -> true;
      default -> false;
    };
  }

  private Optional<Float> number(Value value) {
    return lowering
        .views
        .constant(value)
        .filter(tensor -> tensor.shape().elements() == 1)
        .map(tensor -> (float) Array.of(tensor).values()[0]);
  }

  /** A product of the result with a function of it that nothing else reads. */
  private boolean gate() {
    List<Node> readers = lowering.readers(result);
    if (readers.size() != 2 || lowering.views.isKept(result)) {
      return false;
    }
    Node start = readers.get(0).id() < readers.get(1).id() ? readers.get(0) : readers.get(1);
    Node end = start.equals(readers.get(0)) ? readers.get(1) : readers.get(0);
    if (!(end.op() instanceof Binary(Binary.Function function)) || !isArithmetic(function)) {
      return false;
    }
    List<Part> chain = new ArrayList<>();
    List<Node> taken = new ArrayList<>();
    Value at = result;
    Node next = start;
    while (!next.equals(end)) {
      Optional<Part> part = part(next, at, false);
      if (part.isEmpty() || lowering.views.isKept(next.output())) {
        return false;
      }
      chain.add(part.get());
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
        || !end.output().type().equals(result.type())) {
      return false;
    }
    for (Node node : taken) {
      nodes.add(node.name());
      lowering.fused.add(node.id());
    }
    take(end, List.of(new Epilogue.Gate(chain, function, reversed)));
    return true;
  }
}
