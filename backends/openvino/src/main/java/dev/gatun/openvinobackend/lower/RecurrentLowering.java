package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.openvinobackend.ir.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Recurrent layers as sequences of OpenVINO, which have the batch first and gates in an order of
 * theirs.
 */
final class RecurrentLowering {
  private static final Set<Recurrent.Function> FUNCTIONS =
      Set.of(Recurrent.Function.RELU, Recurrent.Function.SIGMOID, Recurrent.Function.TANH);

  private final Operands operands;
  private final Emitter emit;

  RecurrentLowering(Operands operands) {
    this.operands = operands;
    emit = operands.emit();
  }

  /** Why a layer is refused; empty when it is not. */
  static String refusal(Node node, Recurrent op) {
    if (Operands.has(node, 7)) {
      return "OpenVINO's LSTM has no peepholes";
    }
    if (op.inputForget()) {
      return "OpenVINO's LSTM has a forget gate of its own";
    }
    int each = op.kind().functions();
    for (int i = 0; i < op.activations().size(); i++) {
      Recurrent.Function function = op.activations().get(i).function();
      if (!FUNCTIONS.contains(function)) {
        return "OpenVINO's recurrent layers have no " + function;
      }
      if (function != op.activations().get(i % each).function()) {
        return "OpenVINO's recurrent layers have the same functions in both directions";
      }
    }
    return "";
  }

  /** Time first unless the op says batch first. */
  List<Output> run(Node node, Recurrent op) {
    int hidden = op.hidden();
    boolean first = op.batchFirst();
    Output x = operands.single(node, 0);
    Dim batch = node.input(0).type().dim(first ? 0 : 1);
    Dim time = node.input(0).type().dim(first ? 1 : 0);
    List<Output> inputs = new ArrayList<>();
    inputs.add(first ? x : emit.transpose(x, 1, 0, 2));
    Output size = operands.dims().extent(batch);
    inputs.add(state(node, 5, size, op));
    if (op.kind() == Recurrent.Kind.LSTM) {
      inputs.add(state(node, 6, size, op));
    }
    inputs.add(
        Operands.has(node, 4)
            ? emit.ir().convert(operands.get(node, 4), ElementTypes.I64)
            : emit.broadcast(operands.dims().extent(time), size));
    inputs.add(gates(operands.single(node, 1), op));
    inputs.add(gates(operands.single(node, 2), op));
    inputs.add(bias(node, op));
    String attributes =
        "hidden_size=\"%d\" direction=\"%s\" activations=\"%s\" activations_alpha=\"\" activations_beta=\"\" clip=\"%s\""
            .formatted(
                hidden,
                op.direction().name().toLowerCase(Locale.ROOT),
                op.activations().subList(0, op.kind().functions()).stream()
                    .map(each -> each.function().name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(",")),
                op.clip().orElse(0.0));
    if (op.kind() == Recurrent.Kind.GRU) {
      attributes += " linear_before_reset=\"" + op.linearBeforeReset() + "\"";
    }
    List<String> types =
        op.kind() == Recurrent.Kind.LSTM ? List.of(F32, F32, F32) : List.of(F32, F32);
    List<Output> made =
        emit.ir()
            .layers(
                types,
                op.kind().name() + "Sequence",
                "opset5",
                attributes,
                inputs.toArray(new Output[0]));
    List<Output> results = new ArrayList<>();
    // [batch, directions, time, hidden]
    results.add(
        first
            ? emit.transpose(made.getFirst(), 0, 2, 1, 3)
            : emit.transpose(made.getFirst(), 2, 1, 0, 3));
    for (Output last : made.subList(1, made.size())) {
      results.add(first ? last : emit.transpose(last, 1, 0, 2));
    }
    return results;
  }

  private Output state(Node node, int index, Output batch, Recurrent op) {
    if (!Operands.has(node, index)) {
      Output shape =
          emit.concat(0, batch, emit.integers(op.directions()), emit.integers(op.hidden()));
      return emit.broadcast(emit.real(0), shape);
    }
    Output h = operands.single(node, index);
    return op.batchFirst() ? h : emit.transpose(h, 1, 0, 2);
  }

  private Output bias(Node node, Recurrent op) {
    long rows = (long) op.kind().gates() * op.hidden();
    boolean apart = op.kind() == Recurrent.Kind.GRU && op.linearBeforeReset();
    if (!Operands.has(node, 3)) {
      long count = apart ? rows + op.hidden() : rows;
      return emit.broadcast(emit.real(0), emit.integers(op.directions(), count));
    }
    Output both = operands.single(node, 3);
    Output w = emit.slice(both, 1, 0, rows);
    Output r = emit.slice(both, 1, rows, 2 * rows);
    if (apart) {
      long shared = 2L * op.hidden();
      Output sum = emit.binary("Add", emit.slice(w, 1, 0, shared), emit.slice(r, 1, 0, shared));
      return emit.concat(1, sum, emit.slice(w, 1, shared, rows), emit.slice(r, 1, shared, rows));
    }
    return gates(emit.binary("Add", w, r), op);
  }

  /** LSTM: from input, output, forget, cell to forget, input, cell, output; others are the same. */
  private Output gates(Output x, Recurrent op) {
    if (op.kind() != Recurrent.Kind.LSTM) {
      return x;
    }
    long h = op.hidden();
    return emit.concat(
        1,
        emit.slice(x, 1, 2 * h, 3 * h),
        emit.slice(x, 1, 0, h),
        emit.slice(x, 1, 3 * h, 4 * h),
        emit.slice(x, 1, h, 2 * h));
  }
}
