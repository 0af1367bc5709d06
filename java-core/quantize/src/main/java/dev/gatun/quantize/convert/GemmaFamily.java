package dev.gatun.quantize.convert;

import dev.gatun.quantize.convert.NameRule.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gemma 1 to 3, text. Their norms multiply by 1 + weight; the one is added here. */
final class GemmaFamily extends Family {
  GemmaFamily(String architecture, String... classes) {
    super(architecture, classes);
  }

  private boolean is(String name) {
    return architecture().equals(name);
  }

  @Override
  Map<String, Object> defaults(HfConfig config) {
    Map<String, Object> defaults = new LinkedHashMap<>();
    defaults.put("max_position_embeddings", is("gemma3") ? 131072 : 8192);
    defaults.put("num_attention_heads", is("gemma") ? 16 : 8);
    defaults.put("num_key_value_heads", is("gemma") ? 16 : 4);
    defaults.put("head_dim", 256);
    defaults.put("rms_norm_eps", 1e-6);
    if (is("gemma2")) {
      defaults.put("attn_logit_softcapping", 50.0);
      defaults.put("final_logit_softcapping", 30.0);
      defaults.put("sliding_window", 4096);
    } else if (is("gemma3")) {
      HfRope rope = config.rope();
      rope.theta().ifPresentOrElse(theta -> {}, () -> defaults.put("rope_theta", 1e6));
      rope.localTheta()
          .ifPresentOrElse(theta -> {}, () -> defaults.put("rope_local_base_freq", 1e4));
      defaults.put("sliding_window", 4096);
    }
    return defaults;
  }

  @Override
  TokenizerKind tokenizer() {
    return TokenizerKind.GEMMA;
  }

  @Override
  Optional<String> local(String name) {
    // The head is the embedding; some tools write it a second time.
    return name.equals("lm_head.weight") && !is("gemma3") ? Optional.empty() : super.local(name);
  }

  @Override
  List<NameRule> rules() {
    List<NameRule> rules = new ArrayList<>(decoder(Change.NONE, Change.NONE, Change.PLUS_ONE));
    String layer = "layers.{i}.";
    String after = is("gemma") ? "blk.{i}.ffn_norm" : "blk.{i}.post_attention_norm";
    rules.add(NameRule.of(layer + "post_attention_layernorm", after, Change.PLUS_ONE));
    rules.add(
        NameRule.of(layer + "pre_feedforward_layernorm", "blk.{i}.ffn_norm", Change.PLUS_ONE));
    rules.add(
        NameRule.of(
            layer + "post_feedforward_layernorm", "blk.{i}.post_ffw_norm", Change.PLUS_ONE));
    rules.add(NameRule.of(layer + "self_attn.q_norm", "blk.{i}.attn_q_norm", Change.PLUS_ONE));
    rules.add(NameRule.of(layer + "self_attn.k_norm", "blk.{i}.attn_k_norm", Change.PLUS_ONE));
    return rules;
  }

  @Override
  void metadata(HfConfig config, ModelKeys keys, int fileType) {
    if (is("gemma3")) {
      super.metadata(config, keys, fileType);
      keys.number("final_logit_softcapping", config.number("final_logit_softcapping"));
      if (config.integer("sliding_window_pattern").orElse(6L) != 1) {
        keys.count("attention.sliding_window", config.count("sliding_window"));
      }
      return;
    }
    keys.count("context_length", config.count("max_position_embeddings"));
    keys.count("embedding_length", config.count("hidden_size"));
    keys.count("block_count", config.count("num_hidden_layers"));
    keys.count("feed_forward_length", config.count("intermediate_size"));
    keys.count("attention.head_count", config.count("num_attention_heads"));
    keys.count("attention.head_count_kv", config.count("num_key_value_heads"));
    keys.number("attention.layer_norm_rms_epsilon", config.number("rms_norm_eps"));
    keys.count("attention.key_length", config.count("head_dim"));
    keys.count("attention.value_length", config.count("head_dim"));
    keys.out().uint32("general.file_type", fileType);
    if (is("gemma2")) {
      keys.number("attn_logit_softcapping", config.number("attn_logit_softcapping"));
      keys.number("final_logit_softcapping", config.number("final_logit_softcapping"));
      keys.count("attention.sliding_window", config.count("sliding_window"));
    }
  }
}
