package dev.gatun.quantize.gguf;

import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The model "noise" of {@code make_files.py}. */
public final class NoiseModel {
  private static final int LAYERS = 4;
  private static final long COLUMNS = 256;
  private static final long INNER = 512;
  private static final long ROWS = 24;

  private NoiseModel() {}

  /** Writes it. */
  public static void write(Path path) throws IOException {
    GgufWriter writer = writer();
    tensors().forEach(writer::tensor);
    writer.write(path);
  }

  /** Its metadata. */
  static GgufWriter writer() {
    return new GgufWriter()
        .string("general.architecture", "llama")
        .uint32("llama.block_count", LAYERS)
        .uint32("llama.context_length", 64)
        .uint32("llama.embedding_length", COLUMNS)
        .uint32("llama.feed_forward_length", INNER)
        .uint32("llama.attention.head_count", 8)
        .uint32("llama.attention.head_count_kv", 8)
        .float32("llama.attention.layer_norm_rms_epsilon", 1e-5f)
        .uint32("llama.vocab_size", 16);
  }

  /** Its tensors, in the order of the script. */
  static Map<String, Tensor> tensors() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("token_embd.weight", Shape.of(16, COLUMNS));
    shapes.put("output_norm.weight", Shape.of(COLUMNS));
    shapes.put("output.weight", Shape.of(16, COLUMNS));
    for (int i = 0; i < LAYERS; i++) {
      String block = "blk." + i + ".";
      shapes.put(block + "attn_norm.weight", Shape.of(COLUMNS));
      for (String name :
          List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up")) {
        shapes.put(block + name + ".weight", Shape.of(ROWS, COLUMNS));
      }
      shapes.put(block + "ffn_down.weight", Shape.of(ROWS, INNER));
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> tensors.put(name, tensor(tensors.size(), shape)));
    return tensors;
  }

  private static Tensor tensor(int seed, Shape shape) {
    float[] values = noise(seed, (int) shape.elements());
    if (shape.rank() == 1) {
      return Tensor.ofFloats(shape, values);
    }
    byte[] bytes = new byte[2 * values.length];
    BlockFormat.of(DType.F16).encode(values, 0, bytes, 0, values.length);
    return new Tensor(DType.F16, shape, MemorySegment.ofArray(bytes));
  }

  /** Sums of four uniform numbers of SplitMix64, exact in single precision. */
  static float[] noise(int seed, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      long total = 0;
      for (int part = 0; part < 4; part++) {
        long z = seed * 4L + part + (i + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        total += ((z ^ (z >>> 31)) >>> 46) - 131072;
      }
      values[i] = total / 4194304f;
    }
    return values;
  }
}
