package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxContent;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A model that passes change node by node; what no pass touches stays as it was. Tensors are
 * borrowed from the file. Used by one thread.
 */
final class ModelEdit {
  private final OnnxModel model;
  private final String file;
  private final Map<String, OnnxTensor> initializers;
  private final Map<String, Long> opsets;
  private final Map<String, String> metadata;
  private final Set<String> names = new HashSet<>();
  private final Set<String> defaults = new HashSet<>();
  private final Set<String> usedBefore;
  private List<OnnxNode> nodes;
  private List<OnnxValueInfo> inputs;
  private List<OnnxValueInfo> outputs;
  private List<OnnxValueInfo> values;
  private long irVersion;

  ModelEdit(OnnxFile source) {
    model = source.model();
    file = source.name();
    OnnxGraph graph = model.graph();
    if (!model.functions().isEmpty()) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "%s defines %d functions of its own, which are not written; inline them first"
              .formatted(file, model.functions().size()));
    }
    initializers = new LinkedHashMap<>(graph.initializers());
    opsets = new LinkedHashMap<>(model.opsets());
    metadata = new LinkedHashMap<>(model.metadata());
    nodes = new ArrayList<>(graph.nodes());
    inputs = new ArrayList<>(graph.inputs());
    outputs = new ArrayList<>(graph.outputs());
    values = graph.values().stream().filter(value -> value.elementType() != 0).toList();
    irVersion = model.irVersion();
    names.addAll(initializers.keySet());
    inputs.forEach(input -> names.add(input.name()));
    GraphNames.collect(graph.nodes(), names);
    // Since version 4 an initializer that is an input, too, is only its default.
    if (irVersion >= 4) {
      inputs.forEach(input -> defaults.add(input.name()));
    }
    usedBefore = used();
  }

  /** What messages call it. */
  String file() {
    return file;
  }

  List<OnnxNode> nodes() {
    return nodes;
  }

  List<OnnxValueInfo> inputs() {
    return inputs;
  }

  List<OnnxValueInfo> outputs() {
    return outputs;
  }

  List<OnnxValueInfo> values() {
    return values;
  }

  Map<String, OnnxTensor> initializers() {
    return initializers;
  }

  /** Version of an operator set; 0 when the model does not use it. */
  long opset(String domain) {
    return opsets.getOrDefault(domain, 0L);
  }

  /** Declares an operator set, at this version at least. */
  void requireOpset(String domain, long version) {
    opsets.merge(domain, version, Math::max);
  }

  void requireIrVersion(long version) {
    irVersion = Math.max(irVersion, version);
  }

  /** Notes something in the model. */
  void note(String key, String value) {
    metadata.put(key, value);
  }

  /** Replaces each node by what the function gives, in its place. */
  void replace(Function<OnnxNode, List<OnnxNode>> function) {
    List<OnnxNode> result = new ArrayList<>();
    nodes.forEach(node -> result.addAll(function.apply(node)));
    nodes = result;
  }

  void setNodes(List<OnnxNode> replaced) {
    nodes = new ArrayList<>(replaced);
  }

  void setInputs(List<OnnxValueInfo> replaced) {
    inputs = new ArrayList<>(replaced);
  }

  void setOutputs(List<OnnxValueInfo> replaced) {
    outputs = new ArrayList<>(replaced);
  }

  void setValues(List<OnnxValueInfo> replaced) {
    values = List.copyOf(replaced);
  }

  /** A tensor that is the same in every run: an initializer, or of a Constant node. */
  Optional<OnnxTensor> constant(String name) {
    OnnxTensor tensor = initializers.get(name);
    if (tensor != null) {
      return defaults.contains(name) ? Optional.empty() : Optional.of(tensor);
    }
    for (OnnxNode node : nodes) {
      if (node.type().equals("Constant")
          && node.outputs().contains(name)
          && node.attributes().get("value") instanceof OnnxAttribute.OfTensor(OnnxTensor value)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** A name that nothing has: this one, or this one and a number. */
  String unique(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /** Adds a constant; gives its name. */
  String add(String wanted, Tensor tensor) {
    String name = unique(wanted);
    initializers.put(name, OnnxTensor.of(name, tensor));
    return name;
  }

  /** Adds a constant over bytes. */
  String add(String wanted, DType dtype, Shape shape, byte... bytes) {
    return add(wanted, new Tensor(dtype, shape, MemorySegment.ofArray(bytes)));
  }

  /** Adds a constant whose bytes are computed when it is written. */
  String add(String wanted, DType dtype, Shape shape, OnnxContent content) {
    String name = unique(wanted);
    initializers.put(name, OnnxTensor.of(name, dtype, shape, content));
    return name;
  }

  /** Adds a constant of numbers of less than a byte. */
  String addPacked(String wanted, int elementType, Shape shape, OnnxContent content) {
    String name = unique(wanted);
    initializers.put(name, OnnxTensor.packed(name, elementType, shape, content));
    return name;
  }

  /** Replaces the content of an initializer or of a Constant node. */
  void put(String name, Tensor tensor) {
    if (initializers.containsKey(name)) {
      initializers.put(name, OnnxTensor.of(name, tensor));
      return;
    }
    replace(node -> {
      if (!node.type().equals("Constant") || !node.outputs().contains(name)) {
        return List.of(node);
      }
      Map<String, OnnxAttribute> attributes = new LinkedHashMap<>(node.attributes());
      attributes.put("value", new OnnxAttribute.OfTensor(OnnxTensor.of("", tensor)));
      return List.of(Nodes.with(node, attributes));
    });
  }

  /** How many inputs of nodes, of bodies and of the outputs read each value. */
  Map<String, Integer> uses() {
    Map<String, Integer> uses = new LinkedHashMap<>();
    GraphNames.uses(nodes, uses);
    outputs.forEach(output -> uses.merge(output.name(), 1, Integer::sum));
    return uses;
  }

  private Set<String> used() {
    return new HashSet<>(uses().keySet());
  }

  /** The changed model, without constants that were read before and no longer are. */
  OnnxModel build() {
    Set<String> gone = new HashSet<>(usedBefore);
    gone.removeAll(used());
    nodes.removeIf(node -> node.type().equals("Constant") && gone.containsAll(node.outputs()));
    initializers.keySet().removeIf(gone::contains);
    inputs.removeIf(input -> gone.contains(input.name()) && !defaults.contains(input.name()));
    Set<String> there = new HashSet<>();
    nodes.forEach(node -> there.addAll(node.outputs()));
    OnnxGraph graph =
        new OnnxGraph(
            model.graph().name(),
            List.copyOf(nodes),
            initializers,
            List.copyOf(inputs),
            List.copyOf(outputs),
            values.stream().filter(value -> there.contains(value.name())).toList());
    return new OnnxModel(irVersion, model.producer(), opsets, metadata, graph);
  }
}
