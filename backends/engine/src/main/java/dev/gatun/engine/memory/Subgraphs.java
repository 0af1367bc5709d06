package dev.gatun.engine.memory;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Scan;
import dev.gatun.graph.pass.ConstantInputs;
import dev.gatun.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The bodies of control flow. */
public final class Subgraphs {
  private Subgraphs() {}

  /** The subgraphs of an op; none for most. */
  public static List<Graph> of(Op op) {
    return switch (op) {
      case If branches -> List.of(branches.thenBranch(), branches.elseBranch());
      case Loop loop -> List.of(loop.body());
      case Scan scan -> List.of(scan.body());
      default -> List.of();
    };
  }

  /** Index of the first input that the bodies capture; they come last in the bodies' inputs. */
  private static int firstCaptured(Op op) {
    return switch (op) {
      case If _ -> 1;
      case Loop loop -> 2 + loop.carried();
      case Scan scan -> scan.states() + scan.scanned();
      default -> 0;
    };
  }

  /**
   * A node's body in which captured constants are constants, not inputs, so that they can be
   * prepared once.
   *
   * @param views of the graph that has the node
   */
  public static Graph withConstants(Node node, Graph body, Views views) {
    Map<String, Tensor> constants = new HashMap<>();
    int first = firstCaptured(node.op());
    int captured = node.inputs().size() - first;
    int shift = body.inputs().size() - captured;
    for (int i = 0; i < captured; i++) {
      Value outer = node.inputs().get(first + i);
      if (!outer.isAbsent()) {
        String name = body.inputs().get(shift + i).name();
        views.constant(outer).ifPresent(tensor -> constants.put(name, tensor));
      }
    }
    return constants.isEmpty() ? body : ConstantInputs.bind(body, constants);
  }
}
