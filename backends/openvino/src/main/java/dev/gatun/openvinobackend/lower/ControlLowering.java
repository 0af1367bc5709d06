package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.BOOLEAN;
import static dev.gatun.openvinobackend.lower.ElementTypes.I64;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Scan;
import dev.gatun.openvinobackend.ir.Bodies;
import dev.gatun.openvinobackend.ir.IrBuilder;
import dev.gatun.openvinobackend.ir.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Nodes with bodies. Scan is a loop that takes a slice of its sequences each time. */
final class ControlLowering {
  /** Lowers the nodes of a body. */
  interface Nodes {
    /**
     * Lowers a body.
     *
     * @param given what its inputs are
     * @param outer sizes, I64 [1], that only the graphs around know
     * @return its outputs, of the types that the body says
     */
    List<Output> lower(
        Graph body, IrBuilder ir, List<Output> given, Function<Dim.Symbol, Output> outer);
  }

  /** A body with what the layer takes for it beyond the graph's own inputs. */
  private record Lowered(Bodies.Body body, List<Output> more) {}

  private final Operands operands;
  private final Emitter emit;
  private final Nodes nodes;

  ControlLowering(Operands operands, Nodes nodes) {
    this.operands = operands;
    emit = operands.emit();
    this.nodes = nodes;
  }

  List<Output> branch(Node node, If op) {
    List<Output> captured = inputs(node, 1, node.inputs().size());
    Lowered then = branch(node, op.thenBranch(), op);
    Lowered other = branch(node, op.elseBranch(), op);
    return Bodies.branch(
        emit.ir(),
        emit.scalarOf(operands.get(node, 0)),
        then.body(),
        joined(captured, then.more()),
        other.body(),
        joined(captured, other.more()));
  }

  private Lowered branch(Node node, Graph graph, If op) {
    IrBuilder ir = emit.ir().body(node.name() + "." + graph.name());
    List<Output> parameters = new ArrayList<>();
    graph.inputs().forEach(input -> parameters.add(parameter(ir, input, "")));
    List<Output> given = List.copyOf(parameters);
    List<Output> more = new ArrayList<>();
    List<Output> results = new ArrayList<>();
    List<Output> outputs = nodes.lower(graph, ir, given, outer(ir, parameters, more));
    for (int i = 0; i < outputs.size(); i++) {
      results.add(ir.convert(outputs.get(i), ElementTypes.of(op.results().get(i).dtype())));
    }
    return new Lowered(new Bodies.Body(ir, parameters, results), more);
  }

  List<Output> loop(Node node, Loop op) {
    Graph graph = op.body();
    IrBuilder ir = emit.ir().body(node.name() + ".body");
    Emitter inner = new Emitter(ir);
    List<Output> parameters = new ArrayList<>();
    parameters.add(ir.parameter("iteration", I64, ""));
    List<Output> given = new ArrayList<>(parameters);
    // A body runs only where the condition holds.
    given.add(inner.scalar(1, BOOLEAN));
    for (Value input : graph.inputs().subList(2, graph.inputs().size())) {
      parameters.add(parameter(ir, input, ""));
      given.add(parameters.getLast());
    }
    List<Output> more = new ArrayList<>();
    List<Output> outputs = nodes.lower(graph, ir, given, outer(ir, parameters, more));
    List<Output> results = new ArrayList<>();
    results.add(inner.scalarOf(outputs.getFirst()));
    for (int i = 1; i < outputs.size(); i++) {
      boolean carried = i <= op.carried();
      results.add(carried ? outputs.get(i) : inner.unsqueeze(outputs.get(i), 0));
    }
    Output trips = Operands.has(node, 0) ? operands.number(node, 0) : emit.ir().integer(-1);
    Output condition =
        Operands.has(node, 1) ? emit.scalarOf(operands.get(node, 1)) : emit.scalar(1, BOOLEAN);
    int captured = 2 + op.carried();
    return Bodies.loop(
        emit.ir(),
        trips,
        condition,
        new Bodies.Loop(
            inputs(node, 2, captured),
            List.of(),
            joined(inputs(node, captured, node.inputs().size()), more)),
        new Bodies.Body(ir, parameters, results));
  }

  List<Output> scan(Node node, Scan op) {
    Graph graph = op.body();
    IrBuilder ir = emit.ir().body(node.name() + ".body");
    Emitter inner = new Emitter(ir);
    List<Output> parameters = new ArrayList<>();
    parameters.add(ir.parameter("iteration", I64, ""));
    List<Output> given = new ArrayList<>();
    int own = op.states() + op.scanned();
    for (int i = 0; i < graph.inputs().size(); i++) {
      boolean sliced = i >= op.states() && i < own;
      parameters.add(parameter(ir, graph.inputs().get(i), sliced ? "1" : ""));
      given.add(sliced ? inner.squeeze(parameters.getLast(), 0) : parameters.getLast());
    }
    List<Output> more = new ArrayList<>();
    List<Output> outputs = nodes.lower(graph, ir, given, outer(ir, parameters, more));
    List<Output> results = new ArrayList<>();
    results.add(inner.scalar(1, BOOLEAN));
    for (int i = 0; i < outputs.size(); i++) {
      results.add(i < op.states() ? outputs.get(i) : inner.unsqueeze(outputs.get(i), 0));
    }
    Output length = operands.dims().extent(node.input(op.states()).type().dim(0));
    return Bodies.loop(
        emit.ir(),
        emit.scalarOf(length),
        emit.scalar(1, BOOLEAN),
        new Bodies.Loop(
            inputs(node, 0, op.states()),
            inputs(node, op.states(), own),
            joined(inputs(node, own, node.inputs().size()), more)),
        new Bodies.Body(ir, parameters, results));
  }

  private List<Output> inputs(Node node, int from, int to) {
    List<Output> all = new ArrayList<>();
    for (int i = from; i < to; i++) {
      String type = ElementTypes.of(node.input(i).type().dtype());
      all.add(emit.ir().convert(operands.get(node, i), type));
    }
    return all;
  }

  private static List<Output> joined(List<Output> some, List<Output> more) {
    List<Output> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /** A size of the graphs around becomes one more input. */
  private Function<Dim.Symbol, Output> outer(
      IrBuilder ir, List<Output> parameters, List<Output> more) {
    return symbol -> {
      more.add(operands.dims().extent(symbol));
      Output parameter = ir.parameter("size of " + symbol.name(), I64, "1");
      parameters.add(parameter);
      return parameter;
    };
  }

  /**
   * A parameter of a body.
   *
   * @param before extents before the value's own
   */
  private Output parameter(IrBuilder ir, Value input, String before) {
    String dims =
        input.type().dims().stream()
            .mapToLong(operands.dims()::size)
            .mapToObj(size -> size < 0 ? "?" : Long.toString(size))
            .collect(Collectors.joining(","));
    String shape = before.isEmpty() || dims.isEmpty() ? before + dims : before + "," + dims;
    return ir.parameter(input.name(), ElementTypes.of(input.type().dtype()), shape);
  }
}
