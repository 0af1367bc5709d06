package dev.gatun.quantize.convert;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.ModelSource;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.quantize.convert.NameRule.Change;
import dev.gatun.quantize.convert.PlannedTensor.Slice;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Decides which tensors of a GGUF model become which of Hugging Face's: the tables backwards. */
final class HfTensorPlanner {
  /** Tensors that config.json says in another way. */
  private static final Set<String> COMPUTED =
      Set.of("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight");

  private final ModelSource model;
  private final Family family;
  private final DType type;
  private final Map<String, NameRule> rules = new HashMap<>();
  private final List<PlannedTensor> plan = new ArrayList<>();

  /**
   * @param type of all tensors
   * @param stacked whether experts stay together, as MLX keeps them; else each is a tensor
   */
  HfTensorPlanner(ModelSource model, Family family, DType type, boolean stacked) {
    this.model = model;
    this.family = family;
    this.type = type;
    for (NameRule rule : family.rules()) {
      if (!rule.gguf().isEmpty()
          && rule.change() != Change.FIRST_HALF
          && rule.change() != Change.SECOND_HALF
          && !(stacked && rule.change() == Change.STACK)) {
        // Of two names for one tensor the first is the usual one.
        rules.putIfAbsent(rule.gguf(), rule);
      }
    }
  }

  /**
   * The tensors.
   *
   * @throws ModelFormatException for a tensor that the architecture does not have
   */
  List<PlannedTensor> plan() {
    for (String name : model.tensorNames()) {
      if (COMPUTED.contains(name)) {
        continue;
      }
      TensorName parsed = TensorName.parse(name);
      NameRule rule = rules.get(parsed.pattern());
      if (rule == null) {
        throw new ModelFormatException(
            model.name(),
            -1,
            "has the tensor '%s', for which models of architecture '%s' have no name at Hugging Face"
                .formatted(name, family.architecture()));
      }
      add(parsed, rule, model.info(name).orElseThrow());
    }
    return plan;
  }

  private void add(TensorName parsed, NameRule rule, TensorInfo info) {
    String target = family.published(parsed.in(rule.hf()));
    Shape shape = info.shape();
    int length = Math.toIntExact(shape.rowLength());
    long rows = shape.elements() / length;
    Slice whole = new Slice(info.name(), 0, rows, length);
    switch (rule.change()) {
      case NONE -> {
        // GGUF keeps the matrix of one row as a vector.
        boolean row = shape.rank() == 1 && target.endsWith("shared_expert_gate.weight");
        Shape published = row ? Shape.of(1, shape.dim(0)) : shape;
        plan.add(new PlannedTensor(target, type, published, List.of(whole), 0));
      }
      case PLUS_ONE -> plan.add(new PlannedTensor(target, type, shape, List.of(whole), -1));
      case QUERY_HEADS -> heads(target, info, "attention.head_count");
      case KEY_HEADS -> heads(target, info, "attention.head_count_kv");
      case STACK -> {
        Shape one = Shape.of(shape.dim(1), shape.dim(2));
        for (int expert = 0; expert < shape.dim(0); expert++) {
          TensorName own =
              new TensorName(parsed.pattern(), parsed.layer(), expert, parsed.suffix());
          Slice matrix = new Slice(info.name(), expert * shape.dim(1), shape.dim(1), length);
          plan.add(
              new PlannedTensor(
                  family.published(own.in(rule.hf())), type, one, List.of(matrix), 0));
        }
      }
      case FIRST_HALF, SECOND_HALF -> throw new IllegalStateException(rule.toString());
    }
  }

  private void heads(String target, TensorInfo info, String key) {
    long heads =
        model
            .metadata()
            .integer(family.architecture() + "." + key)
            .or(() -> model.metadata().integer(family.architecture() + ".attention.head_count"))
            .orElseThrow();
    int length = info.shape().rank() == 1 ? 1 : Math.toIntExact(info.shape().rowLength());
    Slice slice =
        new Slice(info.name(), 0, info.shape().dim(0), length, Math.toIntExact(heads), true);
    plan.add(new PlannedTensor(target, type, info.shape(), List.of(slice), 0));
  }
}
