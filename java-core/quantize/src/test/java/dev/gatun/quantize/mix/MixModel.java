package dev.gatun.quantize.mix;

import dev.gatun.graph.FixedMetadata;
import dev.gatun.graph.Metadata;
import dev.gatun.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The models of {@code make_mixes.py}: names, shapes and the numbers that rules depend on. */
record MixModel(
    String architecture,
    long layers,
    long heads,
    long keyHeads,
    long experts,
    long columns,
    boolean tied) {
  static MixModel of(String name) {
    return switch (name) {
      case "plain" -> new MixModel("llama", 32, 8, 8, 0, 256, false);
      case "grouped" -> new MixModel("llama", 30, 16, 4, 0, 256, true);
      case "narrow" -> new MixModel("llama", 30, 9, 3, 0, 96, true);
      case "odd" -> new MixModel("llama", 3, 9, 3, 0, 72, true);
      case "seventy" -> new MixModel("llama", 80, 64, 8, 0, 256, false);
      case "mixtral" -> new MixModel("llama", 32, 32, 8, 8, 256, false);
      case "four" -> new MixModel("qwen3moe", 17, 32, 4, 4, 256, true);
      case "falcon" -> new MixModel("falcon", 33, 8, 8, 0, 256, false);
      case "neox" -> new MixModel("gptneox", 32, 8, 8, 0, 256, false);
      default -> throw new IllegalArgumentException(name);
    };
  }

  Map<String, Shape> tensors() {
    Map<String, Shape> tensors = new LinkedHashMap<>();
    Shape matrix = Shape.of(2, columns);
    tensors.put("token_embd.weight", Shape.of(4, columns));
    tensors.put("output_norm.weight", Shape.of(columns));
    if (!tied) {
      tensors.put("output.weight", Shape.of(4, columns));
    }
    boolean fused = architecture.equals("falcon") || architecture.equals("gptneox");
    for (int i = 0; i < layers; i++) {
      String block = "blk." + i + ".";
      tensors.put(block + "attn_norm.weight", Shape.of(columns));
      for (String name : fused ? List.of("attn_qkv") : List.of("attn_q", "attn_k", "attn_v")) {
        tensors.put(block + name + ".weight", matrix);
      }
      tensors.put(block + "attn_output.weight", matrix);
      if (experts > 0) {
        tensors.put(block + "ffn_gate_inp.weight", Shape.of(experts, columns));
      }
      for (String name : fused ? List.of("ffn_up") : List.of("ffn_gate", "ffn_up")) {
        putInner(tensors, block + name, matrix);
      }
      putInner(tensors, block + "ffn_down", matrix);
    }
    return tensors;
  }

  private void putInner(Map<String, Shape> tensors, String name, Shape matrix) {
    if (experts > 0) {
      tensors.put(name + "_exps.weight", Shape.of(experts, 2, columns));
    } else {
      tensors.put(name + ".weight", matrix);
    }
  }

  Metadata metadata() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("general.architecture", architecture);
    values.put(architecture + ".block_count", layers);
    values.put(architecture + ".attention.head_count", heads);
    values.put(architecture + ".attention.head_count_kv", keyHeads);
    if (experts > 0) {
      values.put(architecture + ".expert_count", experts);
    }
    return new FixedMetadata(values);
  }
}
