package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.pass.ConvolutionFolding;
import dev.gatun.graph.pass.DeadCodeElimination;
import dev.gatun.graph.pass.OpFusion;
import dev.gatun.graph.pass.QuantizationLifting;
import dev.gatun.graph.pass.QuantizationLifting.Code;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.Quantization.PerTensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph whose pairs of QuantizeLinear and DequantizeLinear have become codes of values: an NPU
 * keeps the values as these codes and computes with integers. What only stood apart because of
 * pairs between is fused, and so is what an NPU has one operator for.
 */
final class CodedGraph {
  private final Graph original;
  private final Graph graph;
  private final Map<String, Code> codes;
  private final Map<String, String> aliases;
  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, String> originals = new HashMap<>();

  private CodedGraph(
      Graph original, Graph graph, Map<String, Code> codes, Map<String, String> aliases) {
    this.original = original;
    this.graph = graph;
    this.codes = codes;
    this.aliases = aliases;
    original
        .nodes()
        .forEach(node ->
            node.outputs().forEach(value -> originals.putIfAbsent(value.name(), node.name())));
    graph.inputs().forEach(value -> values.put(value.name(), value));
    graph.constants().forEach(constant -> values.put(constant.value().name(), constant.value()));
    graph.nodes().forEach(node -> node.outputs().forEach(value -> values.put(value.name(), value)));
  }

  /**
   * Of a graph.
   *
   * @param observe names of values that must stay: where one would be fused away, nothing is fused
   */
  static CodedGraph of(Graph original, Set<String> observe) {
    QuantizationLifting.Lifted lifted = QuantizationLifting.apply(original);
    Graph fused = OpFusion.applyAll(lifted.graph());
    if (fused != original) {
      fused = DeadCodeElimination.apply(ConvolutionFolding.apply(fused));
    }
    CodedGraph all = new CodedGraph(original, fused, lifted.codes(), lifted.aliases());
    return all.has(observe)
        ? all
        : new CodedGraph(original, lifted.graph(), lifted.codes(), lifted.aliases());
  }

  private boolean has(Set<String> names) {
    return names.stream().allMatch(name -> values.containsKey(standing(name)));
  }

  /** The name of what stands for a value. */
  private String standing(String name) {
    String standing = name;
    while (aliases.containsKey(standing)) {
      standing = aliases.get(standing);
    }
    return standing;
  }

  /** The graph without pairs; its inputs and outputs have the names of the original's. */
  Graph graph() {
    return graph;
  }

  /** The original's input of the same name, where there is one. */
  Value originalInput(Value input) {
    return original.inputs().stream()
        .filter(own -> own.name().equals(input.name()))
        .findFirst()
        .orElse(input);
  }

  /** What stands for a value of the original; empty when it has fallen away. */
  Optional<Value> value(Value ofOriginal) {
    return Optional.ofNullable(values.get(standing(ofOriginal.name())));
  }

  /** The node that computes what a node of the original does; empty when it has fallen away. */
  Optional<Node> node(Node ofOriginal) {
    return graph == original || ofOriginal.outputs().isEmpty()
        ? Optional.of(ofOriginal)
        : Optional.ofNullable(values.get(ofOriginal.outputs().getFirst().name()))
            .flatMap(graph::producer);
  }

  /** The name of the original's node that computes the same value; else its own. */
  String originalName(Node node) {
    return node.outputs().isEmpty()
        ? node.name()
        : originals.getOrDefault(node.outputs().getFirst().name(), node.name());
  }

  boolean hasCodes() {
    return !codes.isEmpty();
  }

  /** The codes that a value is rounded to; empty for none. They have no sign here. */
  Optional<Form> form(Value value) {
    return Optional.ofNullable(codes.get(value.name())).map(CodedGraph::form);
  }

  /** Whether all that read the value read the codes. */
  boolean isOnlyCodes(Value value) {
    Code code = codes.get(value.name());
    return code != null && code.only();
  }

  private static Form form(Code code) {
    Elements elements =
        switch (code.dtype()) {
          case U8, I8 -> Elements.CODES_U8;
          default -> Elements.CODES_U16;
        };
    int shift =
        switch (code.dtype()) {
          case I8 -> 1 << 7;
          case I16 -> 1 << 15;
          default -> 0;
        };
    return new Form(elements, Optional.of(new PerTensor(code.scale(), -(code.zero() + shift))));
  }
}
