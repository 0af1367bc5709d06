package dev.gatun.quantize.convert;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.quantize.convert.NameRule.Change;
import dev.gatun.quantize.convert.PlannedTensor.Slice;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Decides which tensors of a Hugging Face model become which of GGUF. */
final class TensorPlanner {
  private final String file;
  private final Family family;
  private final HfConfig config;
  private final NumberSource source;
  private final DType type;
  private final Map<String, List<NameRule>> rules = new HashMap<>();

  /** Experts seen so far, by the name of the stack: the tensor of each expert. */
  private final Map<String, TreeMap<Integer, String>> experts = new LinkedHashMap<>();

  private final List<PlannedTensor> plan = new ArrayList<>();

  /**
   * @param file what messages call the model
   * @param type of matrices; vectors and norms are F32
   */
  TensorPlanner(String file, Family family, HfConfig config, NumberSource source, DType type) {
    this.file = file;
    this.family = family;
    this.config = config;
    this.source = source;
    this.type = type;
    for (NameRule rule : family.rules()) {
      rules.computeIfAbsent(rule.hf(), key -> new ArrayList<>()).add(rule);
    }
  }

  /**
   * The tensors, in the order of llama.cpp's converter.
   *
   * @throws ModelFormatException for a tensor that the architecture does not have, for a missing
   *     one, and for shapes that contradict the configuration
   */
  List<PlannedTensor> plan() {
    for (String name : source.names()) {
      Optional<String> local = family.local(name);
      if (local.isEmpty()) {
        continue;
      }
      TensorName parsed = TensorName.parse(local.get());
      List<NameRule> found = rules.getOrDefault(parsed.pattern(), List.of());
      if (found.isEmpty()) {
        throw bad(
            "has the tensor '%s', which models of architecture '%s' do not have: another kind of model under that name, or a newer form of it"
                .formatted(name, family.architecture()));
      }
      for (NameRule rule : found) {
        if (!rule.gguf().isEmpty()) {
          add(name, parsed, rule);
        }
      }
    }
    checkComplete();
    return plan;
  }

  private void add(String name, TensorName parsed, NameRule rule) {
    TensorInfo info = source.info(name).orElseThrow();
    // Experts in one tensor have names without a suffix.
    String suffix = parsed.suffix().isEmpty() && info.shape().rank() > 2 ? ".weight" : "";
    String target = parsed.in(rule.gguf()) + suffix;
    switch (rule.change()) {
      case NONE -> whole(target, info, 0f);
      case PLUS_ONE -> whole(target, info, 1f);
      case QUERY_HEADS -> heads(target, info, config.count("num_attention_heads"));
      case KEY_HEADS ->
          heads(target, info, config.count("num_key_value_heads", "num_attention_heads"));
      case STACK -> stack(target, parsed, name);
      case FIRST_HALF, SECOND_HALF -> half(target, info, rule.change() == Change.SECOND_HALF);
    }
  }

  private void whole(String target, TensorInfo info, float plus) {
    int length = Math.toIntExact(info.shape().rowLength());
    long rows = length == 0 ? 0 : info.shape().elements() / length;
    Slice slice = new Slice(info.name(), 0, rows, length);
    plan.add(
        new PlannedTensor(target, type(target, info.shape()), info.shape(), List.of(slice), plus));
  }

  private void heads(String target, TensorInfo info, int heads) {
    long rows = info.shape().dim(0);
    int length = info.shape().rank() == 1 ? 1 : Math.toIntExact(info.shape().rowLength());
    if (info.shape().rank() > 2 || rows % (2L * heads) != 0) {
      throw bad(
          "tensor '%s' is %s, which makes no %d heads".formatted(info.name(), info.shape(), heads));
    }
    Slice slice = new Slice(info.name(), 0, rows, length, heads, false);
    plan.add(
        new PlannedTensor(target, type(target, info.shape()), info.shape(), List.of(slice), 0));
  }

  private void half(String target, TensorInfo info, boolean second) {
    if (info.shape().rank() != 3 || info.shape().dim(1) % 2 != 0) {
      throw bad("tensor '%s' is %s, not [experts, 2 * n, m]".formatted(info.name(), info.shape()));
    }
    long rows = info.shape().dim(1);
    List<Slice> slices = new ArrayList<>();
    for (long expert = 0; expert < info.shape().dim(0); expert++) {
      long first = expert * rows + (second ? rows / 2 : 0);
      slices.add(
          new Slice(info.name(), first, rows / 2, Math.toIntExact(info.shape().rowLength())));
    }
    Shape shape = Shape.of(info.shape().dim(0), rows / 2, info.shape().dim(2));
    plan.add(new PlannedTensor(target, type(target, shape), shape, slices, 0));
  }

  /** Remembers a matrix; when the layer's last one is there, the stacks follow in rule order. */
  private void stack(String target, TensorName parsed, String name) {
    experts.computeIfAbsent(target, key -> new TreeMap<>()).put(parsed.expert(), name);
    List<String> stacks = new ArrayList<>();
    for (NameRule other : family.rules()) {
      if (other.change() == Change.STACK) {
        stacks.add(parsed.in(other.gguf()));
      }
    }
    int count = config.count("num_local_experts", "num_experts");
    for (String stack : stacks) {
      if (experts.getOrDefault(stack, new TreeMap<>()).size() < count) {
        return;
      }
    }
    for (String stack : stacks) {
      List<Slice> slices = new ArrayList<>();
      Shape shape = null;
      for (String matrix : experts.remove(stack).values()) {
        Shape own = source.info(matrix).orElseThrow().shape();
        if (own.rank() != 2 || (shape != null && !own.equals(shape))) {
          throw bad("expert '%s' is %s, another is %s".formatted(matrix, own, shape));
        }
        shape = own;
        slices.add(new Slice(matrix, 0, own.dim(0), Math.toIntExact(own.dim(1))));
      }
      Shape whole = Shape.of(slices.size(), shape.dim(0), shape.dim(1));
      plan.add(new PlannedTensor(stack, type(stack, whole), whole, slices, 0));
    }
  }

  /** Vectors, norms, routers and positions stay F32, as every runtime of GGUF expects. */
  private DType type(String target, Shape shape) {
    boolean f32 =
        shape.rank() <= 1
            || target.endsWith("_norm.weight")
            || !target.endsWith(".weight")
            || target.endsWith(".ffn_gate_inp.weight")
            || target.endsWith(".ffn_gate_inp_shexp.weight")
            || target.equals("position_embd.weight")
            || target.equals("token_types.weight");
    return f32 ? DType.F32 : type;
  }

  private void checkComplete() {
    if (!experts.isEmpty()) {
      throw bad("lacks experts of %s; a shard is missing".formatted(experts.keySet()));
    }
    Map<Integer, Set<String>> layers = new TreeMap<>();
    Set<String> names = new TreeSet<>();
    for (PlannedTensor tensor : plan) {
      if (!names.add(tensor.name())) {
        throw bad("has two tensors that become '" + tensor.name() + "'");
      }
      TensorName parsed = TensorName.parse(tensor.name());
      if (parsed.layer() >= 0) {
        layers
            .computeIfAbsent(parsed.layer(), key -> new TreeSet<>())
            .add(parsed.pattern() + parsed.suffix());
      }
    }
    int count = config.count("num_hidden_layers");
    for (String needed : List.of("token_embd.weight")) {
      if (!names.contains(needed)) {
        throw bad("lacks the tensor that becomes '" + needed + "'; a shard is missing");
      }
    }
    for (int layer = 0; layer < count; layer++) {
      Set<String> own = layers.getOrDefault(layer, Set.of());
      // Layers of a model with experts may differ.
      boolean dense = own.stream().noneMatch(name -> name.contains("_exps"));
      Set<String> missing = new TreeSet<>(layers.getOrDefault(0, Set.of("attn_q")));
      missing.removeAll(own);
      if (own.isEmpty()
          || (dense && !missing.isEmpty() && missing.stream().noneMatch(n -> n.contains("_exp")))) {
        throw bad("lacks %s of layer %d; a shard is missing".formatted(missing, layer));
      }
    }
    if (layers.size() > count) {
      throw bad("has %d layers; config.json says %d".formatted(layers.size(), count));
    }
  }

  private ModelFormatException bad(String what) {
    return new ModelFormatException(file, -1, what);
  }
}
