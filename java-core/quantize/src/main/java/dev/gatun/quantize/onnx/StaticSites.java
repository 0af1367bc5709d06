package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which nodes a static scheme quantizes, and which of their values. */
final class StaticSites {
  /** Operators that only move numbers: what comes out has the scale of what went in. */
  private static final Set<String> MOVING =
      Set.of("Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Slice", "MaxPool");

  /** Other operators that accelerators run in integers, and that keep their meaning in 16 bits. */
  private static final Set<String> COMPUTING =
      Set.of(
          "Add",
          "Sub",
          "Mul",
          "Div",
          "MatMul",
          "Softmax",
          "Relu",
          "Sigmoid",
          "Tanh",
          "Gelu",
          "HardSwish",
          "LeakyRelu",
          "AveragePool",
          "GlobalAveragePool",
          "Concat",
          "Resize",
          "LayerNormalization",
          "ReduceMean",
          "Clip",
          "Erf",
          "Sqrt",
          "Pow");

  /** Those that keep it in 8 bits, too; parts of a normalization do not. */
  private static final Set<String> ROBUST =
      Set.of("MatMul", "MaxPool", "AveragePool", "GlobalAveragePool", "Concat");

  final Set<OnnxNode> products = new HashSet<>();
  final Set<OnnxNode> convolutions = new HashSet<>();
  final Set<OnnxNode> tables = new HashSet<>();
  final Set<OnnxNode> others = new HashSet<>();

  /** Relus that vanish, since quantizing what went in does the same; by their input. */
  final Map<String, OnnxNode> vanishing = new HashMap<>();

  /** Values that nodes read quantized, with the axis of their channels. */
  final Map<String, Integer> inputs = new LinkedHashMap<>();

  /** Values that are quantized where they are made. */
  final Set<String> outputs = new LinkedHashSet<>();

  /** Values that have the scale of another. */
  final Map<String, String> sameScale = new HashMap<>();

  static StaticSites find(
      ModelEdit edit, OnnxQuantizeOptions options, StaticInt8 scheme, PassLog log) {
    StaticSites sites = new StaticSites();
    for (OnnxNode node : edit.nodes()) {
      Optional<MatrixProduct> product = MatrixProduct.of(edit, node);
      boolean convolution = Nodes.is(node, "Conv");
      boolean table = scheme.tables() && GatherTable.isOne(edit, node);
      boolean all = scheme.coverage() == StaticInt8.Coverage.ALL;
      boolean wide = scheme.activationBits() == 16;
      boolean other = all && (wide ? isOther(node) : sites.isRobust(node));
      if (product.isEmpty() && !convolution && !table && !other) {
        continue;
      }
      Optional<String> refusal =
          product.isPresent()
              ? product.get().integerRefusal()
              : convolution ? refusal(edit, scheme, node) : Optional.empty();
      if (options.isExcluded(node.name())) {
        log.kept(node, "excluded");
      } else if (refusal.isPresent()) {
        log.kept(node, refusal.get());
      } else if (table) {
        sites.tables.add(node);
      } else if (product.isPresent()) {
        sites.products.add(node);
        sites.inputs.put(node.inputs().getFirst(), -1);
        if (all && wide) {
          sites.outputs.add(node.outputs().getFirst());
        }
      } else if (convolution) {
        sites.convolutions.add(node);
        sites.inputs.put(node.inputs().getFirst(), 1);
        sites.outputs.add(node.outputs().getFirst());
      } else {
        sites.others.add(node);
        node.inputs().stream()
            .filter(input -> !input.isEmpty() && edit.constant(input).isEmpty())
            .forEach(input -> sites.inputs.putIfAbsent(input, -1));
        if (wide || !node.type().equals("MatMul")) {
          sites.outputs.add(node.outputs().getFirst());
        }
        if (MOVING.contains(node.type())) {
          sites.sameScale.put(node.outputs().getFirst(), node.inputs().getFirst());
        }
      }
    }
    if (!scheme.symmetric()) {
      sites.findVanishing(edit);
    }
    return sites;
  }

  private static Optional<String> refusal(ModelEdit edit, StaticInt8 scheme, OnnxNode node) {
    return !scheme.depthwise() && Convolution.isDepthwise(edit, node)
        ? Optional.of("depthwise convolutions lose most and gain least; --depthwise quantizes them")
        : Convolution.refusal(edit, node);
  }

  private static boolean isOther(OnnxNode node) {
    return node.domain().isEmpty()
        && (MOVING.contains(node.type()) || COMPUTING.contains(node.type()));
  }

  /** Also the sums of what convolutions gave: the residual connections of networks of images. */
  private boolean isRobust(OnnxNode node) {
    return node.domain().isEmpty()
        && (ROBUST.contains(node.type())
            || (node.type().equals("Add") && node.inputs().stream().anyMatch(outputs::contains)));
  }

  /** A Relu alone behind a convolution: codes of an unsigned range from 0 clamp as it does. */
  private void findVanishing(ModelEdit edit) {
    Map<String, Integer> uses = edit.uses();
    for (OnnxNode node : edit.nodes()) {
      if (!Nodes.is(node, "Relu")) {
        continue;
      }
      String input = node.inputs().getFirst();
      boolean convolved =
          convolutions.stream().anyMatch(each -> each.outputs().getFirst().equals(input));
      if (convolved && uses.get(input) == 1) {
        vanishing.put(input, node);
        others.remove(node);
        outputs.remove(input);
        inputs.remove(input);
        outputs.add(node.outputs().getFirst());
      }
    }
  }

  /** All values to observe, with the axis of their channels. */
  Map<String, Integer> values() {
    Map<String, Integer> values = new LinkedHashMap<>(inputs);
    outputs.forEach(output -> values.putIfAbsent(output, -1));
    return values;
  }

  /** Leaves alone what reads or makes a value that cannot be observed. */
  void restrict(Set<String> available, PassLog log) {
    outputs.retainAll(available);
    List<OnnxNode> gone = new ArrayList<>();
    for (OnnxNode node : products) {
      if (!available.contains(node.inputs().getFirst())) {
        gone.add(node);
      }
    }
    for (OnnxNode node : convolutions) {
      OnnxNode relu = vanishing.get(node.outputs().getFirst());
      String output = (relu == null ? node : relu).outputs().getFirst();
      if (!available.contains(node.inputs().getFirst()) || !available.contains(output)) {
        gone.add(node);
        vanishing.remove(node.outputs().getFirst());
      }
    }
    for (OnnxNode node : gone) {
      log.kept(node, "its input could not be observed");
    }
    products.removeAll(gone);
    convolutions.removeAll(gone);
    inputs.keySet().retainAll(available);
  }
}
