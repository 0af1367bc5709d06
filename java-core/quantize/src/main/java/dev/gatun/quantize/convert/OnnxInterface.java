package dev.gatun.quantize.convert;

import dev.gatun.formats.onnx.ElementTypes;
import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxContent;
import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.formats.onnx.OnnxValueInfo.Extent;
import dev.gatun.formats.onnx.lower.LoweredModel;
import dev.gatun.formats.onnx.lower.LoweredState;
import dev.gatun.models.arch.ModelGraph;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives a lowered language model the inputs and outputs that users of ONNX Runtime expect, those of
 * Hugging Face's exporter (optimum).
 *
 * <p>A decoder takes {@code input_ids} I64 [1, sequence_length], {@code attention_mask} I64 [1,
 * total_sequence_length], whose length tells how many tokens there are with those of the past, and
 * {@code past_key_values.N.key} and {@code .value} F32 [1, heads, past_sequence_length, dim]; it
 * gives {@code logits} F32 [1, sequence_length, vocabulary] and {@code present.N.key} and {@code
 * .value}. An encoder takes {@code input_ids} and {@code attention_mask} I64 [batch_size,
 * sequence_length] and gives {@code last_hidden_state} F32 [batch_size, sequence_length, width].
 */
final class OnnxInterface {
  private static final Extent ONE = new OnnxValueInfo.Size(1);
  private static final Extent BATCH = new OnnxValueInfo.Named("batch_size");
  private static final Extent SEQUENCE = new OnnxValueInfo.Named("sequence_length");
  private static final Extent TOTAL = new OnnxValueInfo.Named("total_sequence_length");
  private static final Extent PAST = new OnnxValueInfo.Named("past_sequence_length");

  private final OnnxModel model;
  private final List<OnnxNode> before = new ArrayList<>();
  private final List<OnnxNode> after = new ArrayList<>();
  private final Map<String, OnnxTensor> constants = new LinkedHashMap<>();
  private final Map<String, String> renamed = new HashMap<>();
  private final List<OnnxValueInfo> inputs = new ArrayList<>();
  private final List<OnnxValueInfo> outputs = new ArrayList<>();

  private OnnxInterface(LoweredModel lowered) {
    this.model = lowered.model();
  }

  /**
   * Constants that are others while a sequence is short: LongRoPE's frequencies.
   *
   * @param positions most positions of a short sequence, those of the past among them
   * @param constants what they are then, by name
   */
  record ShortSequence(int positions, Map<String, Tensor> constants) {}

  /**
   * The model with these inputs and outputs.
   *
   * @param brief what depends on the length of a decoder's sequence; chosen anew in each run, as
   *     transformers does
   * @throws GatunException of kind MODEL when its keys and values have no such form
   */
  static OnnxModel of(LoweredModel lowered, ModelGraph graph, Optional<ShortSequence> brief) {
    var made = new OnnxInterface(lowered);
    if (graph.causal()) {
      made.decoder(lowered.states(), graph, brief);
    } else {
      made.encoder(graph);
    }
    return made.build(graph.architecture());
  }

  private void decoder(List<LoweredState> states, ModelGraph graph, Optional<ShortSequence> brief) {
    input("input_ids", List.of(ONE, SEQUENCE));
    input("attention_mask", List.of(ONE, TOTAL));
    String count = size("count", "input_ids", 1);
    String total = size("total", "attention_mask", 1);
    brief.ifPresent(known -> choose(known, total));
    String first = add("first", "Sub", total, count);
    single("tokens", add("flat_ids", "Reshape", "input_ids", longs("flat", -1)));
    single("positions", add("places", "Range", first, total, one()));
    String rows = add("range", "Range", zero(), count, one());
    single("rows", rows);
    single("sequences", add("none", "Sub", rows, rows));
    for (LoweredState state : states) {
      String layer = state.name().substring(state.name().lastIndexOf('.') + 1);
      if (state.key().positionsFirst() || state.value().isEmpty()) {
        throw new GatunException(
            GatunException.Kind.MODEL,
            "%s: keys of %d and values of %s elements are not written to ONNX: its attention takes one size, a multiple of 8"
                .formatted(
                    graph.architecture(),
                    state.key().dim(),
                    state.value().map(value -> Integer.toString(value.dim())).orElse("no")));
      }
      cache(state.key(), layer + ".key");
      cache(state.value().orElseThrow(), layer + ".value");
    }
    result(
        ModelGraph.LOGITS,
        ModelGraph.LOGITS,
        "Unsqueeze",
        longs("axis", 0),
        List.of(ONE, SEQUENCE, new OnnxValueInfo.Size(graph.vocabularySize())));
  }

  private void choose(ShortSequence brief, String total) {
    String most = constant("short", Tensor.ofLongs(Shape.of(), brief.positions()));
    String longer = add("longer", "Greater", total, most);
    brief
        .constants()
        .forEach((name, tensor) ->
            renamed.put(name, add(name, "Where", longer, name, constant(name, tensor))));
  }

  private void encoder(ModelGraph graph) {
    input("input_ids", List.of(BATCH, SEQUENCE));
    input("attention_mask", List.of(BATCH, SEQUENCE));
    String texts = size("texts", "input_ids", 0);
    String count = size("count", "input_ids", 1);
    // Both are flattened at once, so that a reader sees that their lengths are the same.
    String both =
        add(
            "both",
            "Concat",
            Map.of("axis", new OnnxAttribute.Int(0)),
            add("ids", "Unsqueeze", "input_ids", longs("axis_0", 0)),
            add("mask", "Unsqueeze", "attention_mask", longs("axis_0", 0)));
    String rows =
        add("flat", "Reshape", both, constant("flat", Tensor.ofLongs(Shape.of(2), 2, -1)));
    String ids = add("flat_ids", "Gather", rows, zero());
    String mask = add("flat_mask", "Gather", rows, one());
    single("tokens", ids);
    String ones = add("ones", "Equal", ids, ids);
    String numbers =
        add(
            "numbers",
            "CumSum",
            Map.of("exclusive", new OnnxAttribute.Int(1)),
            add("counted", "Cast", to(DType.I64), ones),
            zero());
    single("rows", numbers);
    single("positions", add("places", "Mod", numbers, count));
    // Tokens see those of the same number: that of their text, or beyond all texts when masked.
    String own = add("own", "Div", numbers, count);
    String beyond = add("beyond", "Mul", add("masked", "Sub", one(), mask), texts);
    single("sequences", add("seen", "Add", own, beyond));
    String wide =
        add(
            "wide",
            "Concat",
            Map.of("axis", new OnnxAttribute.Int(0)),
            add("shape", "Shape", "input_ids"),
            longs("width", graph.embeddingWidth()));
    result(
        ModelGraph.HIDDEN,
        "last_hidden_state",
        "Reshape",
        wide,
        List.of(BATCH, SEQUENCE, new OnnxValueInfo.Size(graph.embeddingWidth())));
  }

  private void cache(LoweredState.Cache cache, String name) {
    List<Extent> past =
        List.of(
            ONE, new OnnxValueInfo.Size(cache.heads()), PAST, new OnnxValueInfo.Size(cache.dim()));
    List<Extent> present = new ArrayList<>(past);
    present.set(2, TOTAL);
    renamed.put(cache.past(), "past_key_values." + name);
    renamed.put(cache.present(), "present." + name);
    inputs.add(info("past_key_values." + name, DType.F32, past));
    outputs.add(info("present." + name, DType.F32, present));
  }

  /** The model's own result becomes an inner value, which a last node shapes. */
  private void result(String inner, String outer, String type, String argument, List<Extent> dims) {
    renamed.put(inner, inner + "/rows");
    after.add(node(outer, type, Map.of(), List.of(inner + "/rows", argument)));
    outputs.addFirst(info(outer, DType.F32, dims));
  }

  private void input(String name, List<Extent> dims) {
    inputs.add(info(name, DType.I64, dims));
  }

  /** An extent as a number without dimensions. */
  private String size(String name, String of, long axis) {
    String shape =
        add(
            name + "_shape",
            "Shape",
            Map.of("start", new OnnxAttribute.Int(axis), "end", new OnnxAttribute.Int(axis + 1)),
            of);
    return add(name, "Squeeze", shape);
  }

  /** The value that the model calls so: its inputs have 32 bits. */
  private void single(String name, String value) {
    before.add(node(name, "Cast", to(DType.I32), List.of(value)));
  }

  private static Map<String, OnnxAttribute> to(DType dtype) {
    return Map.of("to", new OnnxAttribute.Int(ElementTypes.number(dtype)));
  }

  private String add(String name, String type, String... values) {
    return add(name, type, Map.of(), values);
  }

  private String add(
      String name, String type, Map<String, OnnxAttribute> attributes, String... values) {
    before.add(node("io/" + name, type, attributes, List.of(values)));
    return "io/" + name;
  }

  private static OnnxNode node(
      String output, String type, Map<String, OnnxAttribute> attributes, List<String> values) {
    return new OnnxNode("io/" + output, "", type, values, List.of(output), attributes, -1);
  }

  private String zero() {
    return constant("zero", Tensor.ofLongs(Shape.of(), 0));
  }

  private String one() {
    return constant("one", Tensor.ofLongs(Shape.of(), 1));
  }

  private String longs(String name, long value) {
    return constant(name, Tensor.ofLongs(Shape.of(1), value));
  }

  private String constant(String name, Tensor tensor) {
    String full = "io/" + name + "_constant";
    constants.computeIfAbsent(
        full,
        key -> OnnxTensor.of(key, tensor.dtype(), tensor.shape(), OnnxContent.of(tensor.data())));
    return full;
  }

  private static OnnxValueInfo info(String name, DType dtype, List<Extent> dims) {
    return new OnnxValueInfo(name, ElementTypes.number(dtype), Optional.of(dims), -1);
  }

  private OnnxModel build(String name) {
    OnnxGraph inner = model.graph();
    List<OnnxNode> nodes = new ArrayList<>(before);
    for (OnnxNode node : inner.nodes()) {
      nodes.add(
          new OnnxNode(
              node.name(),
              node.domain(),
              node.type(),
              names(node.inputs()),
              names(node.outputs()),
              node.attributes(),
              -1));
    }
    nodes.addAll(after);
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>(constants);
    tensors.putAll(inner.initializers());
    return new OnnxModel(
        model.irVersion(),
        model.producer(),
        model.opsets(),
        model.metadata(),
        new OnnxGraph(name, nodes, tensors, inputs, outputs, List.of()));
  }

  private List<String> names(List<String> values) {
    return values.stream().map(value -> renamed.getOrDefault(value, value)).toList();
  }
}
