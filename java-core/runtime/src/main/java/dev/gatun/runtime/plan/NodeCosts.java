package dev.gatun.runtime.plan;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.Reshape;
import java.util.HashMap;
import java.util.Map;

/**
 * Work of single nodes, for shares and for cutting graphs. Matrix products, experts and attention
 * are counted by their arithmetic; any other node as a few operations per element, for it is bound
 * by the bytes that it moves.
 */
public final class NodeCosts {
  private static final int OPERATIONS_PER_ELEMENT = 4;

  private NodeCosts() {}

  /** Sizes of the graph's symbols in the first profile's typical use. */
  public static Map<String, Long> typicalSizes(PlanRequest request) {
    return request.profiles().getFirst().typicalSizes(request.graph());
  }

  /** Work of one run of a node under these sizes; symbols without a size count as their bound. */
  public static Cost of(Graph graph, Node node, Map<String, Long> sizes) {
    double weights = 0;
    double activations = 0;
    for (Value input : node.inputs()) {
      if (input.isAbsent()) {
        continue;
      }
      double bytes = bytes(input.type(), sizes);
      if (graph.constant(input).isPresent()) {
        weights += bytes;
      } else {
        activations += bytes;
      }
    }
    double outputs = 0;
    for (Value output : node.outputs()) {
      activations += bytes(output.type(), sizes);
      outputs += elements(output.type(), sizes);
    }
    return switch (node.op()) {
      case MatMul _ -> {
        double inner = extent(node.input(0).type().dim(-1), sizes);
        yield new Cost(2 * outputs * inner, weights, activations);
      }
      case Attention attention -> {
        double tokens = extent(node.input(0).type().dim(0), sizes);
        double width = attention.spec().keyDim() + attention.spec().effectiveValueDim();
        yield new Cost(2 * tokens * tokens * attention.heads() * width, weights, activations);
      }
      case MixtureOfExperts experts -> experts(experts, node, sizes, weights, activations);
      case Gather _ -> new Cost(0, Math.min(weights, activations), activations);
      case Reshape _ -> Cost.NONE;
      default -> new Cost(OPERATIONS_PER_ELEMENT * outputs, weights, activations);
    };
  }

  /** Work of all nodes. */
  public static Cost of(Graph graph, Map<String, Long> sizes) {
    Cost sum = Cost.NONE;
    for (Node node : graph.nodes()) {
      sum = sum.plus(of(graph, node, sizes));
    }
    return sum;
  }

  /** Bytes of a value under these sizes. */
  public static double bytes(ValueType type, Map<String, Long> sizes) {
    return elements(type, sizes) * type.dtype().bitsPerElement() / 8;
  }

  /** Bytes of a graph's constants in their stored formats. */
  public static long weightBytes(Graph graph) {
    long sum = 0;
    for (Constant constant : graph.constants()) {
      sum += constant.data().data().byteSize();
    }
    return sum;
  }

  private static Cost experts(
      MixtureOfExperts op, Node node, Map<String, Long> sizes, double weights, double activations) {
    double tokens = extent(node.input(0).type().dim(0), sizes);
    double elements = 0;
    for (Value input : node.inputs()) {
      if (!input.isAbsent() && input.type().rank() == 3) {
        elements += elements(input.type(), sizes);
      }
    }
    double used = Math.min(1, tokens * op.used() / op.experts());
    return new Cost(2 * tokens * op.used() * elements / op.experts(), weights * used, activations);
  }

  private static double elements(ValueType type, Map<String, Long> sizes) {
    double count = 1;
    for (Dim dim : type.dims()) {
      count *= extent(dim, sizes);
    }
    return count;
  }

  private static double extent(Dim dim, Map<String, Long> sizes) {
    return switch (dim) {
      case Dim.Fixed(long size) -> size;
      case Dim.Symbol symbol -> sizes.getOrDefault(symbol.name(), symbol.max());
      case Dim.Affine affine -> {
        Map<String, Long> known = new HashMap<>();
        for (Dim.Term term : affine.terms()) {
          known.put(
              term.symbol().name(),
              Math.clamp(
                  sizes.getOrDefault(term.symbol().name(), term.symbol().max()),
                  term.symbol().min(),
                  term.symbol().max()));
        }
        yield Math.max(affine.resolve(known), 0);
      }
    };
  }
}
