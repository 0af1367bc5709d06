package dev.gatun.quantize.imatrix;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which value of a graph is the input of which weights. Queries, keys and values share one, gate
 * and up another.
 *
 * @param products by name of the value
 * @param experts one per mixture of experts
 */
record WeightInputs(Map<String, Product> products, List<ExpertProducts> experts) {
  /**
   * Weights that are multiplied with one value.
   *
   * @param weights names of their tensors
   * @param columns elements of a row of the value
   * @param matrices matrices of each weight; more than one where the value has a row of matrices
   */
  record Product(List<String> weights, int columns, int matrices) {}

  /**
   * The weights of a mixture of experts.
   *
   * @param input the value that the chosen experts read
   * @param logits the value that chooses them
   * @param bias of the choice
   */
  record ExpertProducts(
      MixtureOfExperts op,
      String input,
      String logits,
      Constant gate,
      Constant up,
      Constant down,
      Optional<Tensor> bias) {}

  WeightInputs {
    products = Map.copyOf(products);
    experts = List.copyOf(experts);
  }

  /**
   * Looks at all products with weights of the blocks.
   *
   * @param output whether the output matrix counts too
   */
  static WeightInputs of(Graph graph, boolean output) {
    Map<String, Product> products = new LinkedHashMap<>();
    List<ExpertProducts> experts = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof MatMul product && product.transposeB()) {
        graph
            .constant(node.input(1))
            .filter(weight -> counts(weight.value().name(), output))
            .ifPresent(weight -> add(products, node.input(0), weight));
      } else if (node.op() instanceof MixtureOfExperts op) {
        experts.add(experts(graph, node, op));
      }
    }
    return new WeightInputs(products, experts);
  }

  private static boolean counts(String weight, boolean output) {
    return weight.startsWith("blk.") || (output && weight.equals("output.weight"));
  }

  private static void add(Map<String, Product> products, Value input, Constant weight) {
    Tensor data = weight.data();
    int matrices = data.shape().rank() == 3 ? Math.toIntExact(data.shape().dim(0)) : 1;
    int columns = Math.toIntExact(data.shape().rowLength());
    products.merge(
        input.name(),
        new Product(List.of(weight.value().name()), columns, matrices),
        (one, other) -> {
          Set<String> names = new LinkedHashSet<>(one.weights());
          names.addAll(other.weights());
          return new Product(List.copyOf(names), columns, matrices);
        });
  }

  private static ExpertProducts experts(Graph graph, Node node, MixtureOfExperts op) {
    return new ExpertProducts(
        op,
        node.input(0).name(),
        node.input(1).name(),
        weight(graph, node, 2),
        weight(graph, node, 3),
        weight(graph, node, 4),
        graph.constant(node.input(5)).map(Constant::data));
  }

  private static Constant weight(Graph graph, Node node, int input) {
    return graph
        .constant(node.input(input))
        .orElseThrow(() -> new IllegalArgumentException(node + " computes its own weights"));
  }

  /** Names of all values that must be observed. */
  Set<String> values() {
    Set<String> values = new TreeSet<>(products.keySet());
    for (ExpertProducts mixture : experts) {
      values.add(mixture.input());
      values.add(mixture.logits());
    }
    return values;
  }
}
