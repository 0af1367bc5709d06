package dev.gatun.quantize.convert;

import dev.gatun.quantize.convert.NameRule.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Llama 1 to 3, Mistral, SmolLM 1 and 2, TinyLlama, and Mixtral with its experts. */
final class LlamaFamily extends Family {
  LlamaFamily() {
    super("llama", "LlamaForCausalLM", "MistralForCausalLM", "MixtralForCausalLM", "LlamaModel");
  }

  @Override
  Map<String, Object> defaults(HfConfig config) {
    boolean mixtral = config.modelClass().equals("MixtralForCausalLM");
    boolean mistral = mixtral || config.modelClass().equals("MistralForCausalLM");
    int heads = config.count("num_attention_heads");
    Map<String, Object> defaults = new LinkedHashMap<>();
    defaults.put("max_position_embeddings", mistral ? 131072 : 2048);
    defaults.put("num_key_value_heads", mistral ? 8 : heads);
    defaults.put("rms_norm_eps", mixtral ? 1e-5 : 1e-6);
    defaults.put("rope_theta", mixtral ? 1e6 : 1e4);
    if (mixtral) {
      defaults.put("num_local_experts", 8);
      defaults.put("num_experts_per_tok", 2);
    } else {
      defaults.put("head_dim", config.headSize());
    }
    return defaults;
  }

  @Override
  List<NameRule> rules() {
    List<NameRule> rules =
        new ArrayList<>(decoder(Change.QUERY_HEADS, Change.KEY_HEADS, Change.NONE));
    String moe = "layers.{i}.block_sparse_moe.";
    rules.add(NameRule.of("layers.{i}.post_attention_layernorm", "blk.{i}.ffn_norm"));
    rules.add(NameRule.of(moe + "gate", "blk.{i}.ffn_gate_inp"));
    rules.add(NameRule.of(moe + "experts.{e}.w1", "blk.{i}.ffn_gate_exps", Change.STACK));
    rules.add(NameRule.of(moe + "experts.{e}.w2", "blk.{i}.ffn_down_exps", Change.STACK));
    rules.add(NameRule.of(moe + "experts.{e}.w3", "blk.{i}.ffn_up_exps", Change.STACK));
    // MLX keeps experts stacked.
    rules.add(NameRule.of(moe + "switch_mlp.gate_proj", "blk.{i}.ffn_gate_exps"));
    rules.add(NameRule.of(moe + "switch_mlp.down_proj", "blk.{i}.ffn_down_exps"));
    rules.add(NameRule.of(moe + "switch_mlp.up_proj", "blk.{i}.ffn_up_exps"));
    return rules;
  }

  @Override
  void metadata(HfConfig config, ModelKeys keys, int fileType) {
    super.metadata(config, keys, fileType);
    keys.count("vocab_size", config.count("vocab_size"));
    keys.count("rope.dimension_count", config.headSize());
  }

  /** Llama 3's stretching of the low frequencies, as one factor per frequency. */
  @Override
  Map<String, float[]> computed(HfConfig config, ModelKeys keys) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    HfRope rope = config.rope();
    if (rope.type().equals("llama3")) {
      LlamaRope stretching =
          new LlamaRope(
              rope.number("factor").orElse(8.0),
              rope.number("low_freq_factor").orElse(1.0),
              rope.number("high_freq_factor").orElse(4.0),
              rope.original(config).orElse(8192L));
      tensors.put(
          "rope_freqs.weight", stretching.factors(rope.theta().orElse(1e4), config.headSize()));
    }
    return tensors;
  }
}
