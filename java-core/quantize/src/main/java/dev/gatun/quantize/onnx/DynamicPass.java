package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * MatMul and Gemm become MatMulInteger, Conv becomes ConvInteger, over activations that
 * DynamicQuantizeLinear quantizes in each run; tables of Gather are stored as INT8. The groups are
 * those that ONNX Runtime's optimizer fuses (DynamicQuantizeMatMul, MatMulIntegerToFloat).
 */
final class DynamicPass implements OnnxPass {
  private final DynamicInt8 scheme;

  /** Quantized value, scale and zero point of each activation. */
  private final Map<String, List<String>> activations = new HashMap<>();

  /** Codes and scales of each weight. */
  private final Map<String, List<String>> weights = new HashMap<>();

  DynamicPass(DynamicInt8 scheme) {
    this.scheme = scheme;
  }

  @Override
  public void apply(ModelEdit edit, OnnxQuantizeOptions options, PassLog log) {
    OpsetUpgrade.apply(edit, 11);
    edit.replace(node -> {
      Optional<MatrixProduct> product = MatrixProduct.of(edit, node);
      boolean convolution = Nodes.is(node, "Conv");
      boolean table = scheme.tables() && GatherTable.isOne(edit, node);
      if (product.isEmpty() && !convolution && !table) {
        return List.of(node);
      }
      Optional<String> refusal =
          options.isExcluded(node.name())
              ? Optional.of("excluded")
              : product.isPresent()
                  ? product.get().integerRefusal()
                  : convolution ? Convolution.refusal(edit, node) : Optional.empty();
      if (refusal.isPresent()) {
        log.kept(node, refusal.get());
        return List.of(node);
      }
      log.progress(node.label());
      if (table) {
        log.changed(node, "Gather of INT8");
        return GatherTable.quantized(edit, node, scheme.perChannel(), weights);
      }
      List<OnnxNode> nodes = new ArrayList<>();
      if (product.isPresent()) {
        log.changed(node, "MatMulInteger");
        matrix(edit, product.get(), nodes);
      } else {
        if (Convolution.isDepthwise(edit, node)) {
          log.warn(
              "%s is a depthwise convolution: with one dynamic range for all its channels such layers are known to lose most of their accuracy; exclude it, or use --static"
                  .formatted(node.label()));
        }
        log.changed(node, "ConvInteger");
        convolution(edit, node, nodes);
      }
      return nodes;
    });
  }

  private List<String> activation(ModelEdit edit, String value, List<OnnxNode> nodes) {
    return activations.computeIfAbsent(
        value,
        name -> {
          List<String> outputs =
              List.of(
                  edit.unique(name + "_quantized"),
                  edit.unique(name + "_scale"),
                  edit.unique(name + "_zero_point"));
          nodes.add(
              new OnnxNode(
                  edit.unique(name + "_QuantizeLinear"),
                  "",
                  "DynamicQuantizeLinear",
                  List.of(name),
                  outputs,
                  Map.of(),
                  -1));
          return outputs;
        });
  }

  private void matrix(ModelEdit edit, MatrixProduct product, List<OnnxNode> nodes) {
    List<String> a = activation(edit, product.input(), nodes);
    String name = product.weightName();
    List<String> b =
        weights.computeIfAbsent(
            name + (product.isTransposed() ? "'" : ""),
            key -> {
              IntegerWeights codes =
                  new IntegerWeights(
                      () -> product.matrix(edit),
                      scheme.perChannel() ? 1 : -1,
                      scheme.reduceRange() ? 7 : 8);
              Shape shape = product.shape();
              return added(edit, name, shape, codes, Shape.of((long) codes.scales().length));
            });
    String output = product.node().outputs().getFirst();
    String base = base(product.node(), name);
    String sums = edit.unique(output + "_output_quantized");
    nodes.add(
        Nodes.of(
            edit.unique(base + "_quant"),
            "MatMulInteger",
            List.of(a.get(0), b.get(0), a.get(2), b.get(2)),
            sums));
    String last = product.bias().isPresent() ? edit.unique(output + "_product") : output;
    scaled(edit, base, sums, a.get(1), b.get(1), last, nodes);
    product
        .bias()
        .ifPresent(bias ->
            nodes.add(Nodes.of(edit.unique(base + "_bias"), "Add", List.of(last, bias), output)));
  }

  /** {@code cast(sums) * (a's scale * b's scale)}, as the optimizer looks for it. */
  private static void scaled(
      ModelEdit edit,
      String base,
      String sums,
      String left,
      String right,
      String output,
      List<OnnxNode> nodes) {
    String real = edit.unique(sums + "_cast");
    nodes.add(
        Nodes.of(
            edit.unique(base + "_cast"),
            "Cast",
            List.of(sums),
            real,
            Map.of("to", new OnnxAttribute.Int(1))));
    String scale = edit.unique(base + "_scale");
    nodes.add(Nodes.of(edit.unique(base + "_scales_mul"), "Mul", List.of(left, right), scale));
    nodes.add(Nodes.of(edit.unique(base + "_output_mul"), "Mul", List.of(real, scale), output));
  }

  private void convolution(ModelEdit edit, OnnxNode node, List<OnnxNode> nodes) {
    List<String> a = activation(edit, node.inputs().get(0), nodes);
    String name = node.inputs().get(1);
    OnnxTensor tensor = edit.constant(name).orElseThrow();
    int rank = tensor.shape().rank();
    List<String> b =
        weights.computeIfAbsent(
            name,
            key -> {
              IntegerWeights codes =
                  new IntegerWeights(
                      () -> WeightMatrix.of(edit, tensor, name),
                      scheme.perChannel() ? 0 : -1,
                      scheme.reduceRange() ? 7 : 8);
              long[] each = new long[rank - 1];
              java.util.Arrays.fill(each, 1);
              each[0] = codes.scales().length;
              return added(edit, name, tensor.shape(), codes, Shape.of(each));
            });
    String output = node.outputs().getFirst();
    String base = base(node, name);
    String sums = edit.unique(output + "_output_quantized");
    nodes.add(
        new OnnxNode(
            edit.unique(base + "_quant"),
            "",
            "ConvInteger",
            List.of(a.get(0), b.get(0), a.get(2), b.get(2)),
            List.of(sums),
            node.attributes(),
            -1));
    Optional<String> bias = Convolution.bias(node);
    String last = bias.isPresent() ? edit.unique(output + "_product") : output;
    scaled(edit, base, sums, a.get(1), b.get(1), last, nodes);
    bias.ifPresent(value -> {
      long[] shape = new long[rank - 1];
      java.util.Arrays.fill(shape, 1);
      shape[0] = tensor.shape().dim(0);
      String spread = Convolution.reshapedBias(edit, value, shape);
      nodes.add(Nodes.of(edit.unique(base + "_bias"), "Add", List.of(last, spread), output));
    });
  }

  private static List<String> added(
      ModelEdit edit, String name, Shape shape, IntegerWeights codes, Shape each) {
    boolean one = codes.axis() < 0;
    return List.of(
        edit.add(name + "_quantized", DType.I8, shape, codes.content()),
        edit.add(
            name + "_scale", Floats.tensor(DType.F32, one ? Shape.of() : each, codes.scales())),
        edit.add(
            name + "_zero_point",
            DType.I8,
            one || each.rank() > 1 ? Shape.of() : each,
            new byte[one || each.rank() > 1 ? 1 : codes.scales().length]));
  }

  private static String base(OnnxNode node, String otherwise) {
    return node.name().isEmpty() ? otherwise : node.name();
  }
}
