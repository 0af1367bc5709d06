package dev.gatun.graph.pass;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Scan;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Graphs as text for people. Deterministic; not meant to be parsed. */
public final class GraphPrinter {
  private final StringBuilder text = new StringBuilder();

  private GraphPrinter() {}

  /** One line per input, constant, state, node and output; subgraphs are indented. */
  public static String print(Graph graph) {
    GraphPrinter printer = new GraphPrinter();
    printer.graph(graph, "");
    return printer.text.toString();
  }

  private void graph(Graph graph, String indent) {
    line(indent, "graph " + graph.name() + symbols(graph));
    String inner = indent + "  ";
    for (Value input : graph.inputs()) {
      line(inner, "input " + input);
    }
    for (Constant constant : graph.constants()) {
      line(inner, "constant " + constant.value());
    }
    for (State state : graph.states()) {
      line(inner, "state " + state.name() + ": " + spec(state.spec()));
    }
    for (Node node : graph.nodes()) {
      String results = String.join(", ", node.outputs().stream().map(Value::toString).toList());
      String arguments =
          String.join(
              ", ", node.inputs().stream().map(in -> in.isAbsent() ? "-" : in.name()).toList());
      line(inner, results + " = " + attributes(node.op()) + "(" + arguments + ")");
      for (Graph body : subgraphs(node.op())) {
        graph(body, inner + "  ");
      }
    }
    line(inner, "output " + String.join(", ", graph.outputs().stream().map(Value::name).toList()));
  }

  private static String symbols(Graph graph) {
    Map<String, String> bounds = new TreeMap<>();
    for (Value input : graph.inputs()) {
      for (Dim dim : input.type().dims()) {
        if (dim instanceof Dim.Symbol(String name, long min, long max, boolean ignored)) {
          bounds.put(name, "%s %d..%d".formatted(name, min, max));
        }
      }
    }
    return bounds.isEmpty() ? "" : " (" + String.join(", ", bounds.values()) + ")";
  }

  private static String spec(StateSpec spec) {
    String value = spec.valueDim() == 0 ? "view of " + spec.valueView() : "" + spec.valueDim();
    String window = spec.window() == 0 ? "" : ", window " + spec.window();
    return "%d heads, key %d, value %s%s, %s"
        .formatted(spec.kvHeads(), spec.keyDim(), value, window, spec.dtype());
  }

  private static String attributes(Op op) {
    return switch (op) {
      case If ignored -> op.type();
      case Loop loop -> "%s[carried=%d]".formatted(op.type(), loop.carried());
      case Scan scan ->
          "%s[states=%d, scanned=%d]".formatted(op.type(), scan.states(), scan.scanned());
      case ForeignOp foreign ->
          "%s:%s/%d%s"
              .formatted(
                  foreign.domain(),
                  op.type(),
                  foreign.version(),
                  new TreeMap<>(foreign.attributes()));
      default -> op.toString();
    };
  }

  private static List<Graph> subgraphs(Op op) {
    return switch (op) {
      case If branches -> List.of(branches.thenBranch(), branches.elseBranch());
      case Loop loop -> List.of(loop.body());
      case Scan scan -> List.of(scan.body());
      case ForeignOp foreign -> foreign.subgraphs();
      default -> List.of();
    };
  }

  private void line(String indent, String line) {
    text.append(indent).append(line).append('\n');
  }
}
