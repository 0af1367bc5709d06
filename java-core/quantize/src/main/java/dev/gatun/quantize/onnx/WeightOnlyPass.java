package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.ElementTypes;
import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxContent;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * MatMul and Gemm by a constant matrix become MatMulNBits, or MatMul by a DequantizeLinear in
 * blocks. A matrix that several nodes read is quantized once.
 */
final class WeightOnlyPass implements OnnxPass {
  private final WeightOnly scheme;
  private final Map<String, List<String>> done = new HashMap<>();

  /** What is known of the activations; empty for algorithms that need nothing. */
  private final Map<String, GramMatrix> grams = new HashMap<>();

  private final Map<String, Gptq> solvers = new HashMap<>();
  private final Map<String, float[]> factors = new HashMap<>();
  private final Map<String, String> divided = new HashMap<>();

  WeightOnlyPass(WeightOnly scheme) {
    this.scheme = scheme;
  }

  @Override
  public void apply(ModelEdit edit, OnnxQuantizeOptions options, PassLog log) {
    if (scheme.form() == WeightOnly.Form.QDQ) {
      OpsetUpgrade.apply(edit, 21);
      edit.requireIrVersion(10);
    } else {
      edit.requireOpset(Nodes.CONTRIBUTED, 1);
    }
    Map<OnnxNode, MatrixProduct> products = new LinkedHashMap<>();
    for (OnnxNode node : edit.nodes()) {
      MatrixProduct.of(edit, node)
          .ifPresent(product -> {
            Optional<String> refusal =
                options.isExcluded(node.name()) ? Optional.of("excluded") : product.refusal();
            refusal.ifPresentOrElse(
                reason -> log.kept(node, reason), () -> products.put(node, product));
          });
    }
    if (scheme.algorithm().needsExamples()) {
      learn(edit, options, products, log);
    }
    edit.replace(node ->
        products.containsKey(node) ? replaced(edit, products.get(node), log) : List.of(node));
  }

  private void learn(
      ModelEdit edit,
      OnnxQuantizeOptions options,
      Map<OnnxNode, MatrixProduct> products,
      PassLog log) {
    ActivationSource source =
        options
            .activations()
            .orElseThrow(() ->
                new GatunException(
                    GatunException.Kind.USAGE,
                    scheme.algorithm().name().toLowerCase(Locale.ROOT) + " needs examples"));
    Map<String, List<MatrixProduct>> readers = new LinkedHashMap<>();
    products
        .values()
        .forEach(product ->
            readers.computeIfAbsent(product.input(), key -> new ArrayList<>()).add(product));
    Set<String> available = source.available(readers.keySet());
    readers.keySet().retainAll(available);
    products
        .values()
        .removeIf(product -> {
          boolean unseen = !available.contains(product.input());
          if (unseen) {
            log.kept(product.node(), "its input could not be observed");
          }
          return unseen;
        });
    log.progress("observing " + available.size() + " values");
    if (scheme.algorithm() == WeightOnly.Algorithm.GPTQ) {
      grams.putAll(GramMatrix.of(source, available));
      return;
    }
    Map<String, Integer> axes = new HashMap<>();
    available.forEach(value -> axes.put(value, -1));
    Calibration seen = Calibration.of(source, new RangeMethod.MinMax(), axes, Map.of());
    readers.forEach((value, list) -> {
      List<OnnxNode> nodes = list.stream().map(MatrixProduct::node).toList();
      Optional<ChannelStats> stats = seen.channels(value);
      if (stats.isPresent() && Smoothing.ownWeights(edit, nodes)) {
        List<WeightMatrix> matrices = list.stream().map(each -> each.matrix(edit)).toList();
        factors.put(value, ActivationAware.factors(matrices, stats.get(), scheme.shape()));
      }
    });
  }

  private BlockAlgorithm algorithm(MatrixProduct product) {
    return switch (scheme.algorithm()) {
      case RTN, AWQ -> new RoundToNearest();
      case HQQ -> new HalfQuadratic();
      case GPTQ -> solvers.computeIfAbsent(product.input(), value -> new Gptq(grams.get(value)));
    };
  }

  private List<OnnxNode> replaced(ModelEdit edit, MatrixProduct product, PassLog log) {
    String suffix = "_Q" + scheme.shape().bits();
    OnnxNode node = product.node();
    OnnxTensor weight = product.weight();
    float[] factor = factors.get(product.input());
    WeightMatrix stored = product.matrix(edit);
    WeightMatrix matrix = factor == null ? stored : stored.scaledRows(factor);
    String key = product.weightName() + (product.isTransposed() ? "'" : "");
    boolean nbits = scheme.form() == WeightOnly.Form.NBITS;
    List<String> names =
        done.computeIfAbsent(
            key,
            name -> {
              BlockCodes codes = algorithm(product).quantize(matrix, scheme.shape());
              return nbits
                  ? blocks(edit, product.weightName(), suffix, codes, WeightMatrix.dtype(weight))
                  : linear(edit, product.weightName(), suffix, codes, WeightMatrix.dtype(weight));
            });
    log.progress(node.label());
    log.changed(node, nbits ? "MatMulNBits" : "DequantizeLinear + MatMul");
    List<OnnxNode> nodes = new ArrayList<>();
    String input =
        factor == null
            ? product.input()
            : divided.computeIfAbsent(
                product.input(),
                value -> Smoothing.divided(edit, value, WeightMatrix.dtype(weight), factor, nodes));
    String base = node.name().isEmpty() ? product.weightName() : node.name();
    if (!nbits) {
      String scaled = edit.unique(product.weightName() + "_DQ" + suffix + "_output");
      nodes.add(
          Nodes.of(
              edit.unique(base + "_DQ" + suffix),
              "DequantizeLinear",
              names,
              scaled,
              Map.of(
                  "axis",
                  new OnnxAttribute.Int(0),
                  "block_size",
                  new OnnxAttribute.Int(scheme.shape().block()))));
      nodes.addAll(product.with(edit, input, scaled));
      return nodes;
    }
    List<String> inputs = new ArrayList<>();
    inputs.add(input);
    inputs.addAll(names);
    if (product.bias().isPresent()) {
      while (inputs.size() < 5) {
        inputs.add("");
      }
      inputs.add(product.bias().get());
    }
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
    attributes.put("K", new OnnxAttribute.Int(matrix.rows()));
    attributes.put("N", new OnnxAttribute.Int(matrix.columns()));
    attributes.put("bits", new OnnxAttribute.Int(scheme.shape().bits()));
    attributes.put("block_size", new OnnxAttribute.Int(scheme.shape().block()));
    nodes.add(
        new OnnxNode(
            edit.unique(base + suffix),
            Nodes.CONTRIBUTED,
            "MatMulNBits",
            inputs,
            node.outputs(),
            attributes,
            -1));
    return nodes;
  }

  /** Codes, scales and zero points as MatMulNBits has them. */
  private List<String> blocks(
      ModelEdit edit, String name, String suffix, BlockCodes codes, DType dtype) {
    int bytes = scheme.shape().block() * scheme.shape().bits() / 8;
    List<String> names = new ArrayList<>();
    names.add(
        edit.add(
            name + suffix, DType.U8, Shape.of(codes.n, codes.blocks, bytes), codes.packedCodes()));
    Shape each = Shape.of(codes.n, codes.blocks);
    names.add(edit.add(name + "_scales", Floats.tensor(dtype, each, codes.scales)));
    if (scheme.algorithm() == WeightOnly.Algorithm.HQQ) {
      names.add(edit.add(name + "_zero_points", Floats.tensor(dtype, each, codes.zeros)));
    } else if (!codes.shape.symmetric()) {
      byte[] zeros = codes.packedZeros();
      Shape packed = Shape.of(codes.n, zeros.length / codes.n);
      names.add(edit.add(name + "_zero_points", DType.U8, packed, zeros));
    }
    return names;
  }

  /** Codes [K, N], scales and zero points [blocks, N] as DequantizeLinear has them. */
  private List<String> linear(
      ModelEdit edit, String name, String suffix, BlockCodes codes, DType dtype) {
    boolean signed = codes.shape.symmetric();
    byte[] whole = new byte[codes.k * codes.n];
    for (int row = 0; row < codes.k; row++) {
      for (int column = 0; column < codes.n; column++) {
        int code = codes.codes[codes.index(column, row)] & 0xff;
        whole[row * codes.n + column] = (byte) (signed ? code - codes.shape.middle() : code);
      }
    }
    float[] scales = new float[codes.scales.length];
    byte[] zeros = new byte[codes.zeros.length];
    for (int column = 0; column < codes.n; column++) {
      for (int b = 0; b < codes.blocks; b++) {
        scales[b * codes.n + column] = codes.scales[column * codes.blocks + b];
        zeros[b * codes.n + column] = (byte) codes.zeros[column * codes.blocks + b];
      }
    }
    Shape each = Shape.of(codes.blocks, codes.n);
    List<String> names = new ArrayList<>();
    names.add(whole(edit, name + "_DQ" + suffix, signed, Shape.of(codes.k, codes.n), whole));
    names.add(edit.add(name + "_DQ_scales", Floats.tensor(dtype, each, scales)));
    if (!signed) {
      names.add(whole(edit, name + "_DQ_zero_points", false, each, zeros));
    }
    return names;
  }

  private String whole(ModelEdit edit, String name, boolean signed, Shape shape, byte... values) {
    int bits = scheme.shape().bits();
    if (bits == 8) {
      return edit.add(name, signed ? DType.I8 : DType.U8, shape, values);
    }
    if (bits == 2) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "DequantizeLinear takes 2 bits from operator set 25 only, which few runtimes have; use int4, or MatMulNBits");
    }
    return edit.addPacked(
        name,
        signed ? ElementTypes.INT4 : ElementTypes.UINT4,
        shape,
        OnnxContent.of(MemorySegment.ofArray(IntegerWeights.packed(values))));
  }
}
