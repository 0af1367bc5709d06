package dev.gatun.onnxruntimebackend;

import dev.gatun.formats.onnx.lower.ExportOptions;
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
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/** Texts that two models have in common only when they are the same. */
final class ModelIdentity {
  private static final int CHUNK = 1 << 16;

  private ModelIdentity() {}

  /**
   * Of a file: where it is, its size and when it was changed.
   *
   * @param constantBytes of the graph; more than the file has means data in other files, whose
   *     changes would not be seen
   */
  static Optional<String> of(Path file, long constantBytes) throws IOException {
    Path real = file.toRealPath();
    long size = Files.size(real);
    return constantBytes > size
        ? Optional.empty()
        : Optional.of("%s %d %s".formatted(real, size, Files.getLastModifiedTime(real)));
  }

  /**
   * Of a graph: its text and a digest of its constants; empty for one that its text does not tell.
   */
  static Optional<String> of(Graph graph, ExportOptions options) {
    if (graph.nodes().stream().anyMatch(ModelIdentity::isHidden)) {
      return Optional.empty();
    }
    MessageDigest sha = Digests.sha256();
    add(sha, options.toString());
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
