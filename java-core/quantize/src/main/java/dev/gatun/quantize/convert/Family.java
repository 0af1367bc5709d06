package dev.gatun.quantize.convert;

import dev.gatun.quantize.convert.NameRule.Change;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One architecture of GGUF and the classes of Hugging Face's that are converted to it: its metadata
 * and its table of tensor names. Metadata and layouts are those of llama.cpp's converter.
 */
abstract class Family {
  private final List<String> classes;
  private final String architecture;

  Family(String architecture, String... classes) {
    this.architecture = architecture;
    this.classes = List.of(classes);
  }

  /** GGUF's name of the architecture. */
  final String architecture() {
    return architecture;
  }

  /** Hugging Face's names of the model's class. */
  final List<String> classes() {
    return classes;
  }

  /** What the class sets where config.json says nothing. */
  abstract Map<String, Object> defaults(HfConfig config);

  /** Where each tensor goes. */
  abstract List<NameRule> rules();

  /** The tokenizers that models of this family come with. */
  enum TokenizerKind {
    /** SentencePiece where there is tokenizer.model, else tokenizer.json. */
    SENTENCE_PIECE_OR_BPE,
    /** The same, and no space is put before text. */
    GEMMA,
    PHI3,
    WORD_PIECE
  }

  TokenizerKind tokenizer() {
    return TokenizerKind.SENTENCE_PIECE_OR_BPE;
  }

  /** A tensor's name without the prefix of the model's class; empty for one that is left out. */
  Optional<String> local(String name) {
    String text = name.replace("language_model.", "");
    for (String other : OTHER_MODALITIES) {
      if (text.contains(other)) {
        return Optional.empty();
      }
    }
    if (text.endsWith(".rotary_emb.inv_freq")
        || text.endsWith(".attention.bias")
        || text.endsWith(".attention.masked_bias")) {
      return Optional.empty();
    }
    return Optional.of(text.startsWith("model.") ? text.substring("model.".length()) : text);
  }

  /** The name of a tensor as it is published: {@link #local} backwards. */
  String published(String local) {
    return local.startsWith("lm_head") ? local : "model." + local;
  }

  /** What names of tensors for pictures and sound contain. */
  private static final List<String> OTHER_MODALITIES =
      List.of("vision_", "visual.", "vision.", "audio_", "audio.", "projector.", "patch_embed");

  /** Metadata, in the order of llama.cpp's converter. */
  void metadata(HfConfig config, ModelKeys keys, int fileType) {
    keys.count("block_count", config.count("num_hidden_layers"));
    keys.count("context_length", config.integer("max_position_embeddings"));
    keys.count("embedding_length", config.count("hidden_size"));
    keys.count("feed_forward_length", config.integer("intermediate_size"));
    keys.count("attention.head_count", config.count("num_attention_heads"));
    keys.count("attention.head_count_kv", config.integer("num_key_value_heads"));
    if (config.bool("is_causal").equals(Optional.of(false))) {
      keys.bool("attention.causal", false);
    }
    HfRope rope = config.rope();
    scaling(config, rope, keys);
    keys.number("rope.freq_base", rope.theta());
    keys.number("rope.freq_base_swa", rope.localTheta());
    keys.number("attention.layer_norm_rms_epsilon", config.number("rms_norm_eps", "norm_eps"));
    keys.number("attention.layer_norm_epsilon", config.number("layer_norm_eps"));
    keys.count(
        "expert_count", config.integer("num_local_experts", "num_experts", "n_routed_experts"));
    keys.count("expert_used_count", config.integer("num_experts_per_tok"));
    Optional<Long> head = config.integer("head_dim");
    keys.count("attention.key_length", head).count("attention.value_length", head);
    keys.out().uint32("general.file_type", fileType);
  }

  private static void scaling(HfConfig config, HfRope rope, ModelKeys keys) {
    Optional<Double> factor = rope.number("factor");
    switch (rope.type()) {
      case "linear" ->
          keys.string("rope.scaling.type", "linear").number("rope.scaling.factor", factor);
      case "yarn" -> {
        keys.string("rope.scaling.type", "yarn").number("rope.scaling.factor", factor);
        keys.count("rope.scaling.original_context_length", rope.original(config));
        keys.number("rope.scaling.yarn_ext_factor", rope.number("extrapolation_factor"));
        keys.number(
            "rope.scaling.yarn_attn_factor",
            rope.number("attention_factor").or(() -> rope.number("attn_factor")));
        keys.number("rope.scaling.yarn_beta_fast", rope.number("beta_fast"));
        keys.number("rope.scaling.yarn_beta_slow", rope.number("beta_slow"));
      }
      case "su", "longrope" -> keys.string("rope.scaling.type", "longrope");
      case "default", "llama3" -> {}
      default ->
          throw config.bad(
              "scales its positions by '%s', which is not supported; supported are linear, yarn, llama3 and longrope"
                  .formatted(rope.type()));
    }
  }

  /** Tensors that are computed from the configuration: F32 vectors by name, first in the file. */
  Map<String, float[]> computed(HfConfig config, ModelKeys keys) {
    return new LinkedHashMap<>();
  }

  /** The rules that decoders of Llama's form share; names without {@code model.}. */
  static List<NameRule> decoder(Change query, Change key, Change norm) {
    return List.of(
        NameRule.of("embed_tokens", "token_embd"),
        NameRule.of("norm", "output_norm", norm),
        NameRule.of("lm_head", "output"),
        NameRule.of("layers.{i}.input_layernorm", "blk.{i}.attn_norm", norm),
        NameRule.of("layers.{i}.self_attn.q_proj", "blk.{i}.attn_q", query),
        NameRule.of("layers.{i}.self_attn.k_proj", "blk.{i}.attn_k", key),
        NameRule.of("layers.{i}.self_attn.v_proj", "blk.{i}.attn_v"),
        NameRule.of("layers.{i}.self_attn.o_proj", "blk.{i}.attn_output"),
        NameRule.of("layers.{i}.mlp.gate_proj", "blk.{i}.ffn_gate"),
        NameRule.of("layers.{i}.mlp.up_proj", "blk.{i}.ffn_up"),
        NameRule.of("layers.{i}.mlp.down_proj", "blk.{i}.ffn_down"));
  }
}
