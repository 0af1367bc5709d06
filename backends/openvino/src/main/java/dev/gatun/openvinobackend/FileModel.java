package dev.gatun.openvinobackend;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphOrigin;
import dev.gatun.graph.Value;
import dev.gatun.openvino.Model;
import dev.gatun.openvino.Port;
import dev.gatun.runtime.spi.CompileOptions;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An ONNX file that stands for a graph, read by OpenVINO itself: external data work, and it sees
 * what it was made to optimize. Inputs and outputs are matched by name; outputs that the graph does
 * not have are left where they are.
 */
final class FileModel {
  private static final System.Logger LOG = System.getLogger(FileModel.class.getName());

  private final Target target;
  private final Graph graph;
  private final GraphOrigin origin;

  private FileModel(Target target, Graph graph, GraphOrigin origin) {
    this.target = target;
    this.graph = graph;
    this.origin = origin;
  }

  /** The file of a graph; empty where there is none, or OpenVINO does not read it as the graph. */
  static Optional<FileModel> of(Target target, Graph graph) {
    if (!target.settings().readsFiles() || graph.origin().isEmpty()) {
      return Optional.empty();
    }
    GraphOrigin origin = graph.origin().get();
    if (!origin.format().equals(GraphOrigin.ONNX)) {
      return Optional.empty();
    }
    var file = new FileModel(target, graph, origin);
    Optional<String> problem = file.problem();
    problem.ifPresent(
        reason -> LOG.log(System.Logger.Level.DEBUG, "{0} is lowered: {1}", origin.file(), reason));
    return problem.isEmpty() ? Optional.of(file) : Optional.empty();
  }

  /** Why OpenVINO does not read the file as the graph; empty when it does. */
  private Optional<String> problem() {
    try (Model model = target.core().core().read(origin.file())) {
      List<String> inputs = model.inputs().stream().map(Port::name).toList();
      List<String> outputs = model.outputs().stream().map(Port::name).toList();
      for (Value input : graph.inputs()) {
        if (!inputs.contains(input.name())) {
          return Optional.of("it has no input '%s', only %s".formatted(input.name(), inputs));
        }
      }
      if (inputs.size() > graph.inputs().size()) {
        return Optional.of("it has the inputs %s".formatted(inputs));
      }
      for (Value output : graph.outputs()) {
        if (!outputs.contains(output.name())) {
          return Optional.of("it has no output '%s', only %s".formatted(output.name(), outputs));
        }
      }
      return Optional.empty();
    } catch (NativeCallException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * Compiles it.
   *
   * @param sizes fixed sizes of symbols; empty for open ones
   */
  Variant compile(Map<String, Long> sizes, CompileOptions options) {
    try (Model model = target.core().core().read(origin.file())) {
      List<Value> inputs = new ArrayList<>();
      for (Port port : model.inputs()) {
        inputs.add(graph.input(port.name()));
      }
      List<String> names = model.outputs().stream().map(Port::name).toList();
      List<Integer> places =
          graph.outputs().stream().map(output -> names.indexOf(output.name())).toList();
      if (!sizes.isEmpty()) {
        model.reshape(shapes(sizes));
      }
      return new Variant(
          target.core().core().compile(model, target.name(), target.properties(graph, options)),
          inputs,
          graph.outputs(),
          places,
          false,
          List.of(),
          Arena.ofShared());
    }
  }

  private Map<String, List<Port.Range>> shapes(Map<String, Long> sizes) {
    Map<String, List<Port.Range>> shapes = new HashMap<>();
    for (Value input : graph.inputs()) {
      List<Port.Range> ranges = new ArrayList<>();
      for (Dim dim : input.type().dims()) {
        long size = dim.resolve(sizes);
        ranges.add(new Port.Range(size, size));
      }
      shapes.put(input.name(), ranges);
    }
    return shapes;
  }
}
