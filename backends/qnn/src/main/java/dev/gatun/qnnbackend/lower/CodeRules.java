package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.ChangeRank;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.DynamicReshape;
import dev.gatun.graph.op.Elementwise;
import dev.gatun.graph.op.Expand;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.SplitParts;
import dev.gatun.graph.op.Tile;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import dev.gatun.qnn.Elements;
import java.util.List;
import java.util.Optional;

/**
 * Which nodes compute with codes: those that become one operator of QNN's whose inputs and output
 * the model says the codes of. All others compute in floating point, between a Dequantize and a
 * Quantize: so do products of two computed values, whose second one would need codes of 8 bits on
 * an NPU before V73.
 */
final class CodeRules {
  private final Scope scope;

  CodeRules(Scope scope) {
    this.scope = scope;
  }

  /**
   * How the node computes.
   *
   * @param elements of codes
   * @param constants codes of constants among the inputs; empty when they have their own range
   */
  record Mode(Elements elements, Optional<Form> constants) {}

  /** How the node computes with codes; empty for floating point. */
  Optional<Mode> mode(Node node) {
    if (!scope.hasCodes()) {
      return Optional.empty();
    }
    return elements(node).map(elements -> new Mode(elements, constants(node)));
  }

  /** An extremum compares codes: those of a constant must mean the same as the others. */
  private Optional<Form> constants(Node node) {
    boolean compares =
        node.op() instanceof Binary(Binary.Function function)
            && (function == Binary.Function.MAX || function == Binary.Function.MIN);
    return compares
        ? node.inputs().stream().flatMap(input -> scope.codes(input).stream()).findFirst()
        : Optional.empty();
  }

  private Optional<Elements> elements(Node node) {
    Optional<Elements> codes = scope.codes(node.input(0)).map(Form::elements);
    return switch (node.op()) {
      case Reshape _,
          DynamicReshape _,
          ChangeRank _,
          Transpose _,
          Slice _,
          SplitParts _,
          Expand _,
          Tile _,
          Gather _ ->
          codes;
      case Unary op -> isOneOperator(op.function()) ? both(node, codes) : Optional.empty();
      case Elementwise op ->
          op.function() == Elementwise.Function.HARD_SWISH ? both(node, codes) : Optional.empty();
      case Reduce op ->
          switch (op.function()) {
            case SUM, MEAN, MAX, MIN -> both(node, codes);
            case PROD -> Optional.empty();
          };
      case Softmax _, Pool _, Resize _ -> both(node, codes);
      case MatMul op ->
          node.input(1).type().rank() == 2 && isCodes(node.input(1), op.transposeB() ? 0 : 1)
              ? both(node, codes)
              : Optional.empty();
      case Conv _ ->
          isCodes(node.input(1), 0)
                  && (node.input(2).isAbsent() || scope.constant(node.input(2)).isPresent())
              ? both(node, codes)
              : Optional.empty();
      case Binary op ->
          op.function() == Binary.Function.POW ? Optional.empty() : all(node, node.inputs());
      case Concat _ -> all(node, node.inputs());
      default -> Optional.empty();
    };
  }

  private static boolean isOneOperator(Unary.Function function) {
    return switch (function) {
      case RELU, SIGMOID, TANH, GELU -> true;
      default -> false;
    };
  }

  /** The codes, when the output has the same. */
  private Optional<Elements> both(Node node, Optional<Elements> codes) {
    Value output = node.outputs().getFirst();
    return codes.filter(each ->
        scope.isOnlyCodes(output)
            && scope.codes(output).filter(form -> form.elements() == each).isPresent());
  }

  /** The codes of all inputs but constants. */
  private Optional<Elements> all(Node node, List<Value> inputs) {
    List<Value> computed =
        inputs.stream().filter(input -> scope.constant(input).isEmpty()).toList();
    List<Elements> distinct =
        computed.stream()
            .flatMap(input -> scope.codes(input).stream())
            .map(Form::elements)
            .distinct()
            .toList();
    boolean each = computed.stream().allMatch(input -> scope.codes(input).isPresent());
    return each && distinct.size() == 1
        ? both(node, Optional.of(distinct.getFirst()))
        : Optional.empty();
  }

  private boolean isCodes(Value weights, int axis) {
    Optional<Constant> constant = scope.constant(weights);
    return constant.isPresent() && scope.weights(constant.get(), axis, axis).isPresent();
  }
}
