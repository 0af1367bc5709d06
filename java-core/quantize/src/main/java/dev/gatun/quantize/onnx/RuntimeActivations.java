package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Examples run on Gatun's runtime, on the device that the policy chooses. The graph runs as the
 * file has it, not optimized, so that its values keep their names. Used by one thread.
 */
public final class RuntimeActivations implements ActivationSource {
  private final GatunRuntime runtime;
  private final Policy policy;
  private final Path model;
  private final List<Map<String, Tensor>> examples;

  /**
   * Examples for a model.
   *
   * @param examples for each run all inputs by name; at least one run
   */
  public RuntimeActivations(
      GatunRuntime runtime, Policy policy, Path model, List<Map<String, Tensor>> examples) {
    if (examples.isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE, "there is nothing to calibrate with; give --calibration");
    }
    this.runtime = runtime;
    this.policy = policy;
    this.model = model;
    this.examples = List.copyOf(examples);
  }

  @Override
  public Set<String> available(Set<String> values) {
    try (OnnxFile file = OnnxFile.open(model)) {
      Set<String> known = known(OnnxImport.graph(file));
      known.retainAll(values);
      return known;
    }
  }

  private static Set<String> known(Graph graph) {
    Set<String> known = new HashSet<>();
    graph.inputs().forEach(input -> add(input, known));
    graph.nodes().forEach(node -> node.outputs().forEach(value -> add(value, known)));
    return known;
  }

  private static void add(Value value, Set<String> known) {
    if (value.type().dtype().isFloat()) {
      known.add(value.name());
    }
  }

  @Override
  public void run(Set<String> values, Sink sink) {
    try (ObservedNetwork network =
        ObservedNetwork.observed(runtime, model, examples, policy, values)) {
      Set<String> inputs = new HashSet<>();
      network.graph().inputs().forEach(input -> inputs.add(input.name()));
      for (Map<String, Tensor> example : examples) {
        network.run(example);
        for (String value : new TreeSet<>(values)) {
          sink.accept(value, inputs.contains(value) ? example.get(value) : network.tensor(value));
        }
      }
    }
  }
}
