package dev.gatun.pipelines.ocr;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One network for pictures of several sizes: compiled for each size, the last few kept. Its sizes
 * fit each other only for some inputs, so they are numbers when it is compiled; vendors' compilers
 * prefer that too. One input, one output. Used by one thread; owns what it compiled.
 */
final class SizedNetworks implements AutoCloseable {
  private static final int KEPT = 6;

  private final GatunRuntime runtime;
  private final Path model;
  private final Policy policy;
  private final String input;
  private final Map<Shape, OnnxNetwork> networks = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param input name of the network's input, F32 [1, 3, height, width]
   */
  SizedNetworks(GatunRuntime runtime, Path model, Policy policy, String input) {
    this.runtime = runtime;
    this.model = model;
    this.policy = policy;
    this.input = input;
  }

  /** The network for this shape. */
  OnnxNetwork network(Shape shape) {
    OnnxNetwork known = networks.get(shape);
    if (known != null) {
      return known;
    }
    if (networks.size() == KEPT) {
      Shape oldest = networks.keySet().iterator().next();
      networks.remove(oldest).close();
    }
    NetworkSpec spec =
        NetworkSpec.of(model, policy).withShapes(Map.of(input, shape)).withOutputs(this::output);
    OnnxNetwork network = OnnxNetwork.load(runtime, spec);
    networks.put(shape, network);
    return network;
  }

  private List<String> output(Graph graph) {
    List<String> inputs = graph.inputs().stream().map(Value::name).toList();
    if (!inputs.equals(List.of(input))
        || graph.outputs().size() != 1
        || graph.outputs().getFirst().type().dtype() != DType.F32) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "%s is no network of PP-OCR: it must turn one input '%s' into one output of F32, but has inputs %s and outputs %s"
              .formatted(name(), input, inputs, graph.outputs()));
    }
    return List.of(graph.outputs().getFirst().name());
  }

  /** Runs; the result is valid until the next run. */
  Tensor run(Tensor picture) {
    OnnxNetwork network = network(picture.shape());
    network.run(Map.of(input, picture));
    return network.output(network.graph().outputs().getFirst().name());
  }

  /** What messages call it. */
  String name() {
    return model.getFileName().toString();
  }

  @Override
  public void close() {
    networks.values().forEach(OnnxNetwork::close);
    networks.clear();
  }
}
