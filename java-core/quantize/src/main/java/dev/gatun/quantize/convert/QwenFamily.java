package dev.gatun.quantize.convert;

import dev.gatun.quantize.convert.NameRule.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Qwen2, Qwen2.5 and Qwen3. */
class QwenFamily extends Family {
  QwenFamily(String architecture, String... classes) {
    super(architecture, classes);
  }

  @Override
  Map<String, Object> defaults(HfConfig config) {
    Map<String, Object> defaults = new LinkedHashMap<>();
    defaults.put("max_position_embeddings", 32768);
    defaults.put("num_key_value_heads", 32);
    defaults.put("rms_norm_eps", 1e-6);
    defaults.put("rope_theta", 1e4);
    if (architecture().equals("qwen3")) {
      defaults.put("head_dim", 128);
    }
    return defaults;
  }

  @Override
  List<NameRule> rules() {
    List<NameRule> rules = new ArrayList<>(decoder(Change.NONE, Change.NONE, Change.NONE));
    rules.add(NameRule.of("layers.{i}.post_attention_layernorm", "blk.{i}.ffn_norm"));
    rules.add(NameRule.of("layers.{i}.self_attn.q_norm", "blk.{i}.attn_q_norm"));
    rules.add(NameRule.of("layers.{i}.self_attn.k_norm", "blk.{i}.attn_k_norm"));
    return rules;
  }
}
