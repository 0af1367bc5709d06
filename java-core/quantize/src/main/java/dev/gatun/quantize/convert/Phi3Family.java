package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.quantize.convert.NameRule.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Phi-3, Phi-3.5 and Phi-4: queries, keys and values in one tensor, gate and up in another. */
final class Phi3Family extends Family {
  Phi3Family() {
    super("phi3", "Phi3ForCausalLM");
  }

  @Override
  Map<String, Object> defaults(HfConfig config) {
    Map<String, Object> defaults = new LinkedHashMap<>();
    defaults.put("max_position_embeddings", 4096);
    defaults.put("original_max_position_embeddings", 4096);
    defaults.put("num_key_value_heads", config.count("num_attention_heads"));
    defaults.put("rms_norm_eps", 1e-5);
    defaults.put("rope_theta", 1e4);
    return defaults;
  }

  @Override
  TokenizerKind tokenizer() {
    return TokenizerKind.PHI3;
  }

  @Override
  List<NameRule> rules() {
    List<NameRule> rules = new ArrayList<>();
    rules.add(NameRule.of("layers.{i}.post_attention_layernorm", "blk.{i}.ffn_norm"));
    rules.add(NameRule.of("layers.{i}.self_attn.qkv_proj", "blk.{i}.attn_qkv"));
    rules.add(NameRule.of("layers.{i}.mlp.gate_up_proj", "blk.{i}.ffn_up"));
    // Gate and up are one tensor under the name of up.
    for (NameRule rule : decoder(Change.NONE, Change.NONE, Change.NONE)) {
      if (!rule.hf().endsWith(".up_proj") && !rule.hf().endsWith(".gate_proj")) {
        rules.add(rule);
      }
    }
    return rules;
  }

  private static int rotated(HfConfig config) {
    double part =
        config
            .rope()
            .number("partial_rotary_factor")
            .or(() -> config.number("partial_rotary_factor"))
            .orElse(1.0);
    return (int) (part * config.count("hidden_size")) / config.count("num_attention_heads");
  }

  @Override
  void metadata(HfConfig config, ModelKeys keys, int fileType) {
    HfRope rope = config.rope();
    keys.count("context_length", config.count("max_position_embeddings"));
    keys.count("rope.scaling.original_context_length", rope.original(config));
    keys.count("embedding_length", config.count("hidden_size"));
    keys.count("feed_forward_length", config.count("intermediate_size"));
    keys.count("block_count", config.count("num_hidden_layers"));
    keys.count("attention.head_count", config.count("num_attention_heads"));
    keys.count("attention.head_count_kv", config.count("num_key_value_heads"));
    keys.number("attention.layer_norm_rms_epsilon", config.number("rms_norm_eps"));
    keys.count("rope.dimension_count", rotated(config));
    keys.number("rope.freq_base", rope.theta());
    keys.out().uint32("general.file_type", fileType);
    // Zero tells Phi-4 from the others.
    keys.count("attention.sliding_window", config.integer("sliding_window").orElse(0L));
  }

  /** LongRoPE: one factor per frequency for short and for long contexts, and one for attention. */
  @Override
  Map<String, float[]> computed(HfConfig config, ModelKeys keys) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    HfRope rope = config.rope();
    JsonNode factors = rope.scaling().path("long_factor");
    if (!factors.isArray() || factors.isEmpty()) {
      return tensors;
    }
    double trained = rope.original(config).orElseThrow();
    double scale = config.count("max_position_embeddings") / trained;
    double attention =
        switch (rope.type()) {
          case "su", "longrope" -> Math.sqrt(1 + Math.log(scale) / Math.log(trained));
          case "yarn" -> 0.1 * Math.log(scale) + 1;
          default ->
              throw config.bad("has long_factor, but scales its positions by " + rope.type());
        };
    keys.number("rope.scaling.attn_factor", scale > 1 ? attention : 1);
    tensors.put("rope_factors_long.weight", vector(config, factors));
    tensors.put("rope_factors_short.weight", vector(config, rope.scaling().path("short_factor")));
    return tensors;
  }

  private static float[] vector(HfConfig config, JsonNode numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) numbers.get(i).asDouble();
    }
    if (values.length != rotated(config) / 2) {
      throw config.bad(
          "has %d factors of positions; the model needs %d"
              .formatted(values.length, rotated(config) / 2));
    }
    return values;
  }
}
