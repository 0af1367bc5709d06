package dev.gatun.quantize.validate;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.pass.ConstantFolding;
import dev.gatun.quantize.onnx.RuntimeActivations;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The layers of two ONNX networks of one model: those nodes that have weights. A layer is known by
 * the name of its result, which quantizers leave as it is.
 *
 * @param weights of layers, decoded, by the name of the result. Left out where weights are not
 *     multiplied as numbers (MatMulInteger), and where pairs of more than a million are decoded
 * @param outputs results of layers for the examples
 */
public record NetworkErrors(List<Line> weights, List<Line> outputs) {
  /** One layer. */
  public record Line(String layer, Agreement agreement) {}

  public NetworkErrors {
    weights = List.copyOf(weights);
    outputs = List.copyOf(outputs);
  }

  /**
   * Compares; the results of all layers of the reference stay in memory meanwhile.
   *
   * @param policy how the planner chooses a device
   * @param examples inputs by name, one map per run
   */
  public static NetworkErrors of(
      GatunRuntime runtime,
      Policy policy,
      Path reference,
      Path candidate,
      List<Map<String, Tensor>> examples) {
    Map<String, Tensor> own = weights(reference);
    Map<String, Tensor> others = weights(candidate);
    List<Line> lines = new ArrayList<>();
    own.forEach((layer, weight) -> {
      Tensor other = others.get(layer);
      if (other != null && other.shape().equals(weight.shape())) {
        lines.add(new Line(layer, Agreement.of(weight.toFloats(), other.toFloats())));
      }
    });
    var first = new RuntimeActivations(runtime, policy, reference, examples);
    var second = new RuntimeActivations(runtime, policy, candidate, examples);
    Set<String> both = second.available(first.available(own.keySet()));
    return new NetworkErrors(lines, both.isEmpty() ? List.of() : outputs(first, second, both, own));
  }

  private static List<Line> outputs(
      RuntimeActivations reference,
      RuntimeActivations candidate,
      Set<String> layers,
      Map<String, Tensor> order) {
    Map<String, List<float[]>> expected = new LinkedHashMap<>();
    reference.run(
        layers,
        (layer, tensor) ->
            expected.computeIfAbsent(layer, key -> new ArrayList<>()).add(tensor.toFloats()));
    Map<String, Agreement.Tally> tallies = new LinkedHashMap<>();
    candidate.run(
        layers,
        (layer, tensor) -> {
          float[] values = tensor.toFloats();
          float[] wanted = expected.get(layer).removeFirst();
          if (wanted.length == values.length) {
            tallies
                .computeIfAbsent(layer, key -> new Agreement.Tally())
                .add(wanted, values, values.length);
          }
        });
    return order.keySet().stream()
        .filter(tallies::containsKey)
        .map(layer -> new Line(layer, tallies.get(layer).result()))
        .toList();
  }

  /** Matrices and kernels by the result of the node that uses them, in the order of the graph. */
  private static Map<String, Tensor> weights(Path model) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    try (OnnxFile file = OnnxFile.open(model)) {
      Graph graph = ConstantFolding.apply(OnnxImport.graph(file));
      for (Node node : graph.nodes()) {
        Set<String> used = new TreeSet<>();
        Tensor weight = null;
        for (Value input : node.inputs()) {
          Optional<Constant> constant = input.isAbsent() ? Optional.empty() : graph.constant(input);
          if (constant.isPresent() && isWeight(constant.get().data())) {
            weight = constant.get().data();
            used.add(input.name());
          }
        }
        if (used.size() == 1 && node.outputs().size() == 1) {
          boolean transposed = node.op() instanceof MatMul product && product.transposeB();
          weights.put(node.output().name(), copy(weight, transposed));
        }
      }
    }
    return weights;
  }

  /** A copy that outlives the file, [.., in, out] of products whichever way round they keep it. */
  private static Tensor copy(Tensor weight, boolean transposed) {
    float[] values = weight.toFloats();
    if (!transposed || weight.shape().rank() != 2) {
      return Tensor.ofFloats(weight.shape(), values);
    }
    int rows = Math.toIntExact(weight.shape().dim(0));
    int columns = Math.toIntExact(weight.shape().dim(1));
    float[] other = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      other[i % columns * rows + i / columns] = values[i];
    }
    return Tensor.ofFloats(Shape.of(columns, rows), other);
  }

  private static boolean isWeight(Tensor tensor) {
    return tensor.dtype().isFloat() && tensor.shape().rank() >= 2 && tensor.shape().dim(0) > 1;
  }
}
