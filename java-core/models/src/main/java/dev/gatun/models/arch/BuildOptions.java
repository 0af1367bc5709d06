package dev.gatun.models.arch;

import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Objects;

/**
 * What the user of a graph decides.
 *
 * @param maxBatch most tokens of one batch, the bound of the symbol {@code tokens}; at least 1
 * @param maxRows most output rows of one batch, the bound of the symbol {@code rows}; at least 1
 * @param contextLength positions that a sequence may have; 0 for the length that the model was
 *     trained for. LongRoPE chooses its factors by it
 * @param stateType preferred storage of keys and values: F32, F16 or Q8_0
 * @param head what the graph gives
 * @param adapters what is added to products with weights; the weights stay as they are
 */
public record BuildOptions(
    int maxBatch,
    int maxRows,
    int contextLength,
    DType stateType,
    Head head,
    List<LoraAdapter> adapters) {
  /** What a graph gives. */
  public enum Head {
    /** Logits of a decoder, hidden vectors of an encoder. */
    NATIVE,
    /** Hidden vectors, normalized as the output matrix would get them: for embeddings. */
    HIDDEN
  }

  public BuildOptions {
    Objects.requireNonNull(head);
    adapters = List.copyOf(adapters);
    if (maxBatch < 1 || maxRows < 1 || contextLength < 0) {
      throw new IllegalArgumentException(
          "maxBatch %d, maxRows %d, contextLength %d".formatted(maxBatch, maxRows, contextLength));
    }
    if (stateType != DType.F32 && stateType != DType.F16 && stateType != DType.Q8_0) {
      throw new IllegalArgumentException(
          "keys and values are stored as F32, F16 or Q8_0, not " + stateType);
    }
  }

  /** Batches of 512 tokens, 512 rows, the trained context, F16 keys and values, native head. */
  public static BuildOptions defaults() {
    return new BuildOptions(512, 512, 0, DType.F16, Head.NATIVE, List.of());
  }

  public BuildOptions withBatch(int tokens, int rows) {
    return new BuildOptions(tokens, rows, contextLength, stateType, head, adapters);
  }

  public BuildOptions withContextLength(int positions) {
    return new BuildOptions(maxBatch, maxRows, positions, stateType, head, adapters);
  }

  public BuildOptions withStateType(DType type) {
    return new BuildOptions(maxBatch, maxRows, contextLength, type, head, adapters);
  }

  public BuildOptions withHead(Head other) {
    return new BuildOptions(maxBatch, maxRows, contextLength, stateType, other, adapters);
  }

  /** With low-rank adapters, applied one after the other. */
  public BuildOptions withAdapters(List<LoraAdapter> list) {
    return new BuildOptions(maxBatch, maxRows, contextLength, stateType, head, list);
  }
}
