package dev.gatun.quantize.mix;

import dev.gatun.tensor.Shape;
import java.util.List;

/**
 * Which tensors keep their type because they are too small or too sensitive to be worth it: the
 * rules of llama.cpp's {@code tensor_allows_quantization}.
 */
final class KeptTensors {
  /** Parts of names. */
  private static final List<String> PARTS =
      List.of(
          "_norm.weight",
          // What routes tokens to experts.
          "ffn_gate_inp.weight",
          "ffn_gate_tid2eid.weight",
          "altup",
          "laurel",
          "per_layer_model_proj",
          // Short convolutions of state-space models.
          "ssm_conv1d",
          "shortconv.conv.weight",
          "indexer.k_proj.weight",
          "indexer.q_proj.weight",
          // RWKV.
          "time_mix_first.weight",
          "time_mix_w0.weight",
          "time_mix_w1.weight",
          "time_mix_w2.weight",
          "time_mix_v0.weight",
          "time_mix_v1.weight",
          "time_mix_v2.weight",
          "time_mix_a0.weight",
          "time_mix_a1.weight",
          "time_mix_a2.weight",
          "time_mix_g1.weight",
          "time_mix_g2.weight",
          "time_mix_decay_w1.weight",
          "time_mix_decay_w2.weight",
          "time_mix_lerp_fused.weight",
          "attn_rel_b.weight",
          // Vision and audio.
          ".position_embd",
          "sam.pos_embd",
          "sam.neck.",
          "sam.net_",
          ".rel_pos",
          ".patch_embd",
          ".patch_merger",
          "a.rvq.codebook",
          "mm.a.code_embd");

  private static final List<String> NAMES = List.of("position_embd.weight", "token_types.weight");

  private KeptTensors() {}

  static boolean contain(String name, Shape shape) {
    return dimensions(shape) < 2
        || !name.endsWith("weight")
        || NAMES.contains(name)
        || PARTS.stream().anyMatch(name::contains);
  }

  /** Extents of 1 on the outside do not count. */
  private static int dimensions(Shape shape) {
    int outer = 0;
    while (outer < shape.rank() - 1 && shape.dim(outer) == 1) {
      outer++;
    }
    return shape.rank() - outer;
  }
}
