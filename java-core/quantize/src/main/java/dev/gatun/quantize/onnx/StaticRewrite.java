package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Puts the pairs into a model whose values are calibrated. */
final class StaticRewrite {
  private final ModelEdit edit;
  private final StaticInt8 scheme;
  private final StaticSites sites;
  private final Calibration calibration;
  private final Map<String, float[]> divisors;
  private final PassLog log;
  private final LinearPairs pairs;
  private final Map<String, ActivationScale> scales = new HashMap<>();

  /** What a reader of a value reads instead. */
  private final Map<String, String> quantized = new HashMap<>();

  /** Mean errors of products, by output, to be taken off the bias that is added to it. */
  private final Map<String, float[]> errors = new HashMap<>();

  private final Map<String, List<String>> tables = new HashMap<>();

  StaticRewrite(
      ModelEdit edit,
      StaticInt8 scheme,
      StaticSites sites,
      Calibration calibration,
      Map<String, float[]> divisors,
      PassLog log) {
    this.edit = edit;
    this.scheme = scheme;
    this.sites = sites;
    this.calibration = calibration;
    this.divisors = divisors;
    this.log = log;
    pairs = new LinearPairs(edit, scheme);
  }

  void run() {
    Set<OnnxNode> gone = new HashSet<>(sites.vanishing.values());
    List<OnnxNode> nodes = new ArrayList<>();
    for (OnnxNode node : List.copyOf(edit.nodes())) {
      if (gone.contains(node)) {
        log.changed(node, "nothing (its input is quantized from 0)");
      } else if (sites.tables.contains(node)) {
        log.changed(node, "Gather of INT8");
        nodes.addAll(GatherTable.quantized(edit, node, scheme.perChannel(), tables));
      } else if (sites.products.contains(node)) {
        product(node, nodes);
      } else if (sites.convolutions.contains(node)) {
        convolution(node, nodes);
      } else if (sites.others.contains(node)) {
        other(node, nodes);
      } else {
        nodes.add(node);
      }
    }
    edit.setNodes(nodes);
    if (scheme.correctBias()) {
      edit.replace(node -> List.of(corrected(node)));
    }
  }

  /** The scale of a value; empty when it is not quantized. */
  private Optional<ActivationScale> scale(String value) {
    String same = value;
    for (int i = 0; i < 64 && sites.sameScale.containsKey(same); i++) {
      same = sites.sameScale.get(same);
    }
    ActivationScale known = scales.get(same);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<ActivationScale> found =
        calibration
            .range(same)
            .map(range -> ActivationScale.of(range, scheme.symmetric(), scheme.activationBits()));
    String key = same;
    found.ifPresent(scale -> scales.put(key, scale));
    return found;
  }

  /** The quantized form of a value that a node reads; the value itself when it has none. */
  private String input(String value, List<OnnxNode> nodes) {
    if (sites.outputs.contains(value) && quantized.containsKey(value)) {
      return value;
    }
    Optional<ActivationScale> scale = scale(value);
    if (scale.isEmpty()) {
      return value;
    }
    return quantized.computeIfAbsent(
        value,
        name -> {
          String smoothed = name;
          float[] divisor = divisors.get(name);
          if (divisor != null) {
            smoothed = Smoothing.divided(edit, name, DType.F32, divisor, nodes);
          }
          String result = edit.unique(name + "_DequantizeLinear_Output");
          pairs.activation(smoothed, result, scale.get(), nodes);
          return result;
        });
  }

  /** The node with its output quantized where that is wanted; the value keeps its name. */
  private void made(OnnxNode node, String value, List<OnnxNode> nodes) {
    Optional<ActivationScale> scale =
        sites.outputs.contains(value) ? scale(value) : Optional.empty();
    if (scale.isEmpty()) {
      nodes.add(Nodes.withOutputs(node, List.of(value)));
      return;
    }
    String raw = edit.unique(value + "_QuantizeLinear_Input");
    nodes.add(Nodes.withOutputs(node, List.of(raw)));
    pairs.activation(raw, value, scale.get(), nodes);
    quantized.put(value, value);
  }

  private void product(OnnxNode node, List<OnnxNode> nodes) {
    MatrixProduct product = MatrixProduct.of(edit, node).orElseThrow();
    float[] divisor = divisors.get(product.input());
    Supplier<WeightMatrix> matrix =
        () -> divisor == null ? product.matrix(edit) : product.matrix(edit).scaledRows(divisor);
    String input = input(product.input(), nodes);
    IntegerWeights weights =
        new IntegerWeights(matrix, pairs.isPerChannel() ? 1 : -1, scheme.weightBits());
    String w = pairs.weight(product.weightName(), product.shape(), weights, nodes);
    log.changed(node, "QDQ " + node.type());
    log.progress(node.label());
    String output = node.outputs().getFirst();
    Optional<ChannelStats> stats = calibration.channels(product.input());
    if (scheme.correctBias() && stats.isPresent()) {
      errors.put(output, BiasError.of(matrix.get(), weights, stats.get()));
    }
    String last = product.bias().isPresent() ? edit.unique(output + "_product") : output;
    OnnxNode plain = Nodes.of(node.name(), "MatMul", List.of(input, w), last);
    if (product.bias().isEmpty()) {
      made(plain, output, nodes);
      return;
    }
    nodes.add(plain);
    if (errors.containsKey(output)) {
      errors.put(last, errors.remove(output));
    }
    made(
        Nodes.of(
            edit.unique(node.name() + "_bias"), "Add", List.of(last, product.bias().get()), output),
        output,
        nodes);
  }

  private void convolution(OnnxNode node, List<OnnxNode> nodes) {
    String name = node.inputs().get(1);
    OnnxTensor tensor = edit.constant(name).orElseThrow();
    IntegerWeights weights =
        new IntegerWeights(
            () -> WeightMatrix.of(edit, tensor, name),
            pairs.isPerChannel() ? 0 : -1,
            scheme.weightBits());
    String value = node.inputs().getFirst();
    List<String> inputs = new ArrayList<>();
    inputs.add(input(value, nodes));
    inputs.add(pairs.weight(name, tensor.shape(), weights, nodes));
    Convolution.bias(node)
        .ifPresent(bias ->
            inputs.add(
                pairs.bias(
                    bias,
                    edit.constant(bias).orElseThrow(),
                    scale(value).orElseThrow().scale(),
                    weights,
                    nodes)));
    OnnxNode relu = sites.vanishing.get(node.outputs().getFirst());
    log.changed(node, "QDQ Conv");
    log.progress(node.label());
    made(Nodes.withInputs(node, inputs), (relu == null ? node : relu).outputs().getFirst(), nodes);
  }

  private void other(OnnxNode node, List<OnnxNode> nodes) {
    List<String> inputs = new ArrayList<>();
    boolean any = false;
    for (String each : node.inputs()) {
      String read =
          sites.inputs.containsKey(each)
              ? input(each, nodes)
              : pairs.constant(each, nodes).orElse(each);
      any |= !read.equals(each) || quantized.containsKey(each);
      inputs.add(read);
    }
    if (!any) {
      nodes.add(node);
      return;
    }
    log.changed(node, "QDQ " + node.type());
    if (node.outputs().size() == 1) {
      made(Nodes.withInputs(node, inputs), node.outputs().getFirst(), nodes);
    } else {
      nodes.add(Nodes.withInputs(node, inputs));
    }
  }

  /** A bias less the mean error of the product that it is added to. */
  private OnnxNode corrected(OnnxNode node) {
    if (!Nodes.is(node, "Add")) {
      return node;
    }
    for (int i = 0; i < 2; i++) {
      float[] error = errors.get(node.inputs().get(i));
      Optional<OnnxTensor> bias = edit.constant(node.inputs().get(1 - i));
      if (error != null
          && bias.isPresent()
          && WeightMatrix.isFloat(bias.get())
          && bias.get().shape().elements() == error.length) {
        float[] values = bias.get().tensor().toFloats();
        for (int n = 0; n < values.length; n++) {
          values[n] += error[n];
        }
        String constant =
            edit.add(
                node.inputs().get(1 - i) + "_corrected",
                Floats.tensor(WeightMatrix.dtype(bias.get()), bias.get().shape(), values));
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(1 - i, constant);
        return Nodes.withInputs(node, inputs);
      }
    }
    return node;
  }
}
