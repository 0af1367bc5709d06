package dev.gatun.cpuengine.compile;

import dev.gatun.graph.Graph;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Scan;
import java.util.List;

/** The bodies of control flow. */
final class Subgraphs {
  private Subgraphs() {}

  static List<Graph> of(Op op) {
    return switch (op) {
      case If branches -> List.of(branches.thenBranch(), branches.elseBranch());
      case Loop loop -> List.of(loop.body());
      case Scan scan -> List.of(scan.body());
      default -> List.of();
    };
  }

  /** Index of the first input that the bodies capture; they come last in the bodies' inputs. */
  static int firstCaptured(Op op) {
    return switch (op) {
      case If _ -> 1;
      case Loop loop -> 2 + loop.carried();
      case Scan scan -> scan.states() + scan.scanned();
      default -> 0;
    };
  }
}
