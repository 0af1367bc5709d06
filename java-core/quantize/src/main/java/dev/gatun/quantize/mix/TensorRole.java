package dev.gatun.quantize.mix;

/** What a tensor is for, as far as the choice of its type goes; told from its name in GGUF. */
enum TensorRole {
  TOKEN_EMBEDDING,
  OUTPUT,
  ATTENTION_Q,
  ATTENTION_K,
  /** Values, and the fused forms that contain them. */
  ATTENTION_V,
  ATTENTION_OUTPUT,
  FFN_UP,
  FFN_GATE,
  FFN_DOWN,
  OTHER;

  static TensorRole of(String name) {
    if (name.equals("output.weight")) {
      return OUTPUT;
    }
    if (isTokenEmbedding(name)) {
      return TOKEN_EMBEDDING;
    }
    if (name.contains("attn_qkv.weight")
        || name.contains("attn_kv_b.weight")
        || name.contains("attn_v.weight")) {
      return ATTENTION_V;
    }
    if (name.contains("attn_k.weight")) {
      return ATTENTION_K;
    }
    if (name.contains("attn_q.weight")) {
      return ATTENTION_Q;
    }
    if (name.contains("attn_output.weight")) {
      return ATTENTION_OUTPUT;
    }
    if (name.contains("ffn_up")) {
      return FFN_UP;
    }
    if (name.contains("ffn_gate")) {
      return FFN_GATE;
    }
    return name.contains("ffn_down") ? FFN_DOWN : OTHER;
  }

  static boolean isTokenEmbedding(String name) {
    return name.equals("token_embd.weight") || name.equals("per_layer_token_embd.weight");
  }
}
