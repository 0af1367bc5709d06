package dev.gatun.engine.compiled;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.OnnxOp;
import dev.gatun.graph.op.Scan;
import dev.gatun.graph.pass.GraphPrinter;
import dev.gatun.runtime.store.Digests;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** Texts that two graphs have in common only when they are the same: names of compiled ones. */
public final class GraphIdentity {
  private static final int CHUNK = 1 << 16;

  private GraphIdentity() {}

  /**
   * A digest of a graph's text and constants; empty for one that its text does not tell.
   *
   * @param options what else a compiled graph depends on
   */
  public static Optional<String> of(Graph graph, String options) {
    if (graph.nodes().stream().anyMatch(GraphIdentity::isHidden)) {
      return Optional.empty();
    }
    MessageDigest sha = Digests.sha256();
    add(sha, options);
    add(sha, GraphPrinter.print(graph));
    graph.nodes().forEach(node -> add(sha, node.name()));
    var chunk = new byte[CHUNK];
    for (Constant constant : graph.constants()) {
      MemorySegment data = constant.data().data();
      for (long at = 0; at < data.byteSize(); at += CHUNK) {
        int count = (int) Math.min(CHUNK, data.byteSize() - at);
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, count);
        sha.update(chunk, 0, count);
      }
    }
    return Optional.of(Digests.hex(sha.digest()));
  }

  private static void add(MessageDigest sha, String text) {
    sha.update((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Whether a node has tensors of its own. */
  private static boolean isHidden(Node node) {
    return switch (node.op()) {
      case If ignored -> true;
      case Loop ignored -> true;
      case Scan ignored -> true;
      case ForeignOp ignored -> true;
      case OnnxOp op -> op.attributes().values().stream().anyMatch(Tensor.class::isInstance);
      default -> false;
    };
  }
}
