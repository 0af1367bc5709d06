package dev.gatun.bench;

import dev.gatun.formats.gguf.GgufType;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes a Llama-shaped GGUF file with random weights: for speed it is as good as a real one, and
 * it needs no download. Weights are uniform with deviation {@code 1 / sqrt(inputs)}, seeded, so the
 * same arguments give the same file.
 */
public final class SyntheticModel {
  private static final int VOCABULARY = 32_000;
  private static final int BYTES = 259;

  /** Extents of a Llama. */
  record Dimensions(int layers, int width, int ffn, int heads, int kvHeads) {}

  private final Dimensions dims;
  private final DType dtype;
  private final SplittableRandom random = new SplittableRandom(1);

  private SyntheticModel(Dimensions dims, DType dtype) {
    this.dims = dims;
    this.dtype = dtype;
  }

  /**
   * Arguments: shape ({@code 7b}: Llama 2's; {@code 1b}: TinyLlama's, 1.1 G weights; {@code tiny}),
   * dtype with a simple encoder (Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, F16, BF16, F32), file.
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      System.err.println("usage: SyntheticModel 7b|1b|tiny DTYPE FILE");
      System.exit(2);
    }
    Dimensions dims =
        switch (args[0]) {
          case "7b" -> new Dimensions(32, 4096, 11008, 32, 32);
          case "1b" -> new Dimensions(22, 2048, 5632, 32, 4);
          case "tiny" -> new Dimensions(2, 256, 512, 4, 2);
          default -> throw new IllegalArgumentException("no shape " + args[0] + ": 7b, 1b or tiny");
        };
    new SyntheticModel(dims, DType.valueOf(args[1])).write(Path.of(args[2]));
  }

  private void write(Path file) throws IOException {
    var writer = new GgufWriter();
    metadata(writer);
    matrix(writer, "token_embd.weight", VOCABULARY, dims.width());
    matrix(writer, "output.weight", VOCABULARY, dims.width());
    norm(writer, "output_norm.weight");
    int headDim = dims.width() / dims.heads();
    for (int layer = 0; layer < dims.layers(); layer++) {
      String block = "blk." + layer + ".";
      norm(writer, block + "attn_norm.weight");
      norm(writer, block + "ffn_norm.weight");
      matrix(writer, block + "attn_q.weight", dims.width(), dims.width());
      matrix(writer, block + "attn_k.weight", dims.kvHeads() * headDim, dims.width());
      matrix(writer, block + "attn_v.weight", dims.kvHeads() * headDim, dims.width());
      matrix(writer, block + "attn_output.weight", dims.width(), dims.width());
      matrix(writer, block + "ffn_gate.weight", dims.ffn(), dims.width());
      matrix(writer, block + "ffn_up.weight", dims.ffn(), dims.width());
      matrix(writer, block + "ffn_down.weight", dims.width(), dims.ffn());
    }
    writer.write(file);
  }

  private void metadata(GgufWriter writer) {
    writer.string("general.architecture", "llama").string("general.name", "synthetic");
    writer.uint32("llama.context_length", 4096);
    writer.uint32("llama.embedding_length", dims.width());
    writer.uint32("llama.block_count", dims.layers());
    writer.uint32("llama.feed_forward_length", dims.ffn());
    writer.uint32("llama.attention.head_count", dims.heads());
    writer.uint32("llama.attention.head_count_kv", dims.kvHeads());
    writer.float32("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    writer.uint32("llama.rope.dimension_count", dims.width() / dims.heads());
    writer.uint32("llama.vocab_size", VOCABULARY);
    List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    long[] types = new long[VOCABULARY];
    for (int i = 0; i < VOCABULARY; i++) {
      types[i] = i == 0 ? 2 : i < 3 ? 3 : i < BYTES ? 6 : 1;
      if (i >= 3) {
        tokens.add(i < BYTES ? "<0x%02X>".formatted(i - 3) : "t" + i);
      }
    }
    writer.string("tokenizer.ggml.model", "llama").strings("tokenizer.ggml.tokens", tokens);
    writer.floats("tokenizer.ggml.scores", GgufType.F32, new double[VOCABULARY]);
    writer.integers("tokenizer.ggml.token_type", GgufType.I32, types);
    writer.uint32("tokenizer.ggml.bos_token_id", 1).uint32("tokenizer.ggml.eos_token_id", 2);
  }

  private void norm(GgufWriter writer, String name) {
    float[] ones = new float[dims.width()];
    java.util.Arrays.fill(ones, 1);
    writer.tensor(name, dev.gatun.tensor.Tensor.ofFloats(Shape.of(dims.width()), ones));
  }

  private void matrix(GgufWriter writer, String name, int rows, int columns) {
    SplittableRandom own = random.split();
    writer.tensor(
        new TensorInfo(name, dtype, Shape.of(rows, columns)),
        sink -> {
          BlockFormat format = BlockFormat.of(dtype);
          float[] row = new float[columns];
          float range = (float) Math.sqrt(3.0 / columns);
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment encoded = arena.allocate(dtype.byteSize(columns));
            for (int r = 0; r < rows; r++) {
              for (int c = 0; c < columns; c++) {
                row[c] = range * (2 * own.nextFloat() - 1);
              }
              format.encode(row, 0, encoded, 0, columns);
              sink.write(encoded);
            }
          }
        });
  }
}
