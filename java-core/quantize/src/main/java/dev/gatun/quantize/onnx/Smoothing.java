package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * SmoothQuant (Xiao and others 2022): channels of an activation are divided, and the rows of the
 * weights that read them multiplied, by {@code max|x|^alpha / max|w|^(1 - alpha)}, so that no
 * channel alone decides the range.
 */
final class Smoothing {
  private Smoothing() {}

  /** Divisors of the channels, by value; none for a value that not only products read. */
  static Map<String, float[]> divisors(
      ModelEdit edit, Set<OnnxNode> products, Calibration calibration, float alpha) {
    Map<String, List<OnnxNode>> readers = new HashMap<>();
    for (OnnxNode node : edit.nodes()) {
      if (products.contains(node)) {
        readers.computeIfAbsent(node.inputs().getFirst(), key -> new ArrayList<>()).add(node);
      }
    }
    Map<String, float[]> divisors = new HashMap<>();
    readers.forEach((value, nodes) -> {
      Optional<ChannelStats> stats = calibration.channels(value);
      if (stats.isPresent() && ownWeights(edit, nodes)) {
        divisors.put(value, divisors(edit, nodes, stats.get(), alpha));
      }
    });
    return divisors;
  }

  /**
   * The value, of a floating type, with its channels divided in a node of its own; gives its name.
   */
  static String divided(
      ModelEdit edit, String value, DType dtype, float[] divisor, List<OnnxNode> nodes) {
    float[] factors = new float[divisor.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = 1 / divisor[i];
    }
    String constant =
        edit.add(
            value + "_smooth_scale",
            Floats.tensor(dtype, Shape.of((long) factors.length), factors));
    String result = edit.unique(value + "_smooth");
    nodes.add(
        Nodes.of(edit.unique(value + "_smooth_mul"), "Mul", List.of(value, constant), result));
    return result;
  }

  /** Whether nothing else reads these products' weights, which are changed. */
  static boolean ownWeights(ModelEdit edit, List<OnnxNode> nodes) {
    Map<String, Integer> uses = edit.uses();
    Set<String> weights = new HashSet<>();
    for (OnnxNode node : nodes) {
      String weight = node.inputs().get(1);
      if (uses.get(weight) != 1 || !weights.add(weight)) {
        return false;
      }
    }
    return true;
  }

  private static float[] divisors(
      ModelEdit edit, List<OnnxNode> nodes, ChannelStats stats, float alpha) {
    float[] largest = new float[stats.channels()];
    for (OnnxNode node : nodes) {
      WeightMatrix weights = MatrixProduct.of(edit, node).orElseThrow().matrix(edit);
      for (int row = 0; row < largest.length; row++) {
        for (int column = 0; column < weights.columns(); column++) {
          float w = Math.abs(weights.values()[row * weights.columns() + column]);
          largest[row] = Math.max(largest[row], w);
        }
      }
    }
    float[] divisors = new float[largest.length];
    for (int i = 0; i < divisors.length; i++) {
      double x = Math.pow(Math.max(stats.largest(i), 1e-5), alpha);
      double w = Math.pow(Math.max(largest[i], 1e-5), 1 - alpha);
      divisors[i] = (float) Math.max(x / w, 1e-5);
    }
    return divisors;
  }
}
