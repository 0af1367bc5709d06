package dev.gatun.quantize.convert;

import dev.gatun.quantize.convert.NameRule.Change;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Qwen2 and Qwen3 with experts. */
final class QwenMoeFamily extends QwenFamily {
  QwenMoeFamily(String architecture, String... classes) {
    super(architecture, classes);
  }

  @Override
  Map<String, Object> defaults(HfConfig config) {
    Map<String, Object> defaults = new LinkedHashMap<>(super.defaults(config));
    boolean second = architecture().equals("qwen2moe");
    defaults.put("num_key_value_heads", second ? 16 : 4);
    defaults.put("num_experts_per_tok", second ? 4 : 8);
    defaults.put("moe_intermediate_size", second ? 1408 : 768);
    if (!config.integer("num_experts", "num_local_experts").isPresent()) {
      defaults.put("num_experts", second ? 60 : 128);
    }
    if (second) {
      defaults.put("shared_expert_intermediate_size", 5632);
    }
    return defaults;
  }

  @Override
  List<NameRule> rules() {
    List<NameRule> rules = super.rules();
    String mlp = "layers.{i}.mlp.";
    rules.add(NameRule.of(mlp + "gate", "blk.{i}.ffn_gate_inp"));
    rules.add(NameRule.of(mlp + "experts.{e}.down_proj", "blk.{i}.ffn_down_exps", Change.STACK));
    rules.add(NameRule.of(mlp + "experts.{e}.gate_proj", "blk.{i}.ffn_gate_exps", Change.STACK));
    rules.add(NameRule.of(mlp + "experts.{e}.up_proj", "blk.{i}.ffn_up_exps", Change.STACK));
    // MLX keeps experts stacked.
    rules.add(NameRule.of(mlp + "switch_mlp.down_proj", "blk.{i}.ffn_down_exps"));
    rules.add(NameRule.of(mlp + "switch_mlp.gate_proj", "blk.{i}.ffn_gate_exps"));
    rules.add(NameRule.of(mlp + "switch_mlp.up_proj", "blk.{i}.ffn_up_exps"));
    rules.add(NameRule.of(mlp + "experts.down_proj", "blk.{i}.ffn_down_exps"));
    rules.add(
        NameRule.of(mlp + "experts.gate_up_proj", "blk.{i}.ffn_gate_exps", Change.FIRST_HALF));
    rules.add(NameRule.of(mlp + "experts.gate_up_proj", "blk.{i}.ffn_up_exps", Change.SECOND_HALF));
    rules.add(NameRule.of(mlp + "shared_expert.gate_proj", "blk.{i}.ffn_gate_shexp"));
    rules.add(NameRule.of(mlp + "shared_expert.up_proj", "blk.{i}.ffn_up_shexp"));
    rules.add(NameRule.of(mlp + "shared_expert.down_proj", "blk.{i}.ffn_down_shexp"));
    rules.add(NameRule.of(mlp + "shared_expert_gate", "blk.{i}.ffn_gate_inp_shexp"));
    return rules;
  }

  @Override
  void metadata(HfConfig config, ModelKeys keys, int fileType) {
    // Runtimes of GGUF normalize the weights of the chosen experts by the architecture alone.
    boolean normalized = config.bool("norm_topk_prob").orElse(false);
    boolean expected = architecture().equals("qwen3moe");
    if (normalized != expected) {
      throw config.bad(
          "says norm_topk_prob %s; GGUF's architecture %s stands for %s"
              .formatted(normalized, architecture(), expected));
    }
    super.metadata(config, keys, fileType);
    keys.count("expert_feed_forward_length", config.integer("moe_intermediate_size"));
    keys.count(
        "expert_shared_feed_forward_length", config.integer("shared_expert_intermediate_size"));
  }
}
