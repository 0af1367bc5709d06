package dev.gatun.onnxruntimebackend;

import dev.gatun.engine.compiled.GraphIdentity;
import dev.gatun.formats.onnx.lower.ExportOptions;
import dev.gatun.formats.onnx.lower.LoweredModel;
import dev.gatun.formats.onnx.lower.LoweredState;
import dev.gatun.formats.onnx.lower.OnnxExport;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphOrigin;
import dev.gatun.graph.Value;
import dev.gatun.graph.pass.ObservedOutputs;
import dev.gatun.onnxruntime.OrtEnvironment;
import dev.gatun.onnxruntime.OrtOptions;
import dev.gatun.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A graph as the library reads it: the ONNX file that it came from, as long as no pass has changed
 * it; else what it is lowered to.
 */
final class GraphModel {
  /** Above this a model goes through a file: bytes would be copied, and may be 2 GB at most. */
  private static final long MEMORY_BYTES = 1L << 30;

  private final Graph graph;
  private final Optional<Path> file;
  private final Optional<LoweredModel> lowered;
  private final ExportOptions options;

  private GraphModel(
      Graph graph, Optional<Path> file, Optional<LoweredModel> lowered, ExportOptions options) {
    this.graph = graph;
    this.file = file;
    this.lowered = lowered;
    this.options = options;
  }

  /** The file that the graph came from, unchanged. */
  static Optional<Path> origin(Graph graph) {
    return graph
        .origin()
        .filter(origin -> origin.format().equals(GraphOrigin.ONNX))
        .map(GraphOrigin::file);
  }

  /**
   * @param observe values that the model shall show beside its outputs
   * @param options how to lower what has no file
   */
  static GraphModel of(Graph graph, Set<String> observe, ExportOptions options) {
    Optional<Path> file = origin(graph);
    if (observe.isEmpty() && file.isPresent()) {
      return new GraphModel(graph, file, Optional.empty(), options);
    }
    Graph shown = observe.isEmpty() ? graph : ObservedOutputs.apply(graph, observe);
    LoweredModel lowered = OnnxExport.lower(shown, options);
    return new GraphModel(shown, Optional.empty(), Optional.of(lowered), options);
  }

  /** Outputs and observed values. */
  List<Value> results() {
    return graph.outputs();
  }

  List<LoweredState> states() {
    return lowered.map(LoweredModel::states).orElse(List.of());
  }

  /** Names of the graph's nodes by those of the model's nodes. */
  Map<String, String> nodes() {
    return lowered.map(LoweredModel::origins).orElseGet(() -> graph.origin().orElseThrow().nodes());
  }

  /** Bytes of the weights that a session holds. */
  long weightBytes() {
    if (file.isPresent()) {
      try {
        return Files.size(file.get());
      } catch (IOException e) {
        return 0;
      }
    }
    return constantBytes();
  }

  private long constantBytes() {
    long bytes = 0;
    for (Constant constant : graph.constants()) {
      bytes += constant.data().data().byteSize();
    }
    return bytes;
  }

  /** What tells this model from every other one; empty where finding out takes too much. */
  Optional<String> identity() {
    try {
      return file.isPresent()
          ? ModelIdentity.of(file.get(), constantBytes())
          : GraphIdentity.of(graph, options.toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A session of the model. */
  OrtSession open(OrtEnvironment environment, OrtOptions options) {
    if (file.isPresent()) {
      return environment.session(file.get(), options);
    }
    LoweredModel model = lowered.orElseThrow();
    // Blocks may be decoded: eight times as large at most.
    if (constantBytes() > MEMORY_BYTES / 8) {
      return openFile(environment, options, model);
    }
    try (Arena arena = Arena.ofShared()) {
      return environment.session(model.bytes(arena), options);
    }
  }

  private static OrtSession openFile(
      OrtEnvironment environment, OrtOptions options, LoweredModel model) {
    try {
      Path folder = Files.createTempDirectory("gatun-onnxruntime");
      try {
        Path path = folder.resolve("model.onnx");
        model.write(path);
        return environment.session(path, options);
      } finally {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(each);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the lowered model", e);
    }
  }
}
