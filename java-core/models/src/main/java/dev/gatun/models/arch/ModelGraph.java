package dev.gatun.models.arch;

import dev.gatun.graph.Graph;
import dev.gatun.graph.State;

/**
 * A model's graph and what its users must know of it.
 *
 * <p>Inputs, all I32: {@code tokens}, {@code positions} and {@code sequences} [tokens], {@code
 * rows} [rows] (indices into the batch whose output is wanted; there may be none). Symbols: {@code
 * tokens} from 1, {@code rows} from 0.
 *
 * <p>Output: {@link #LOGITS} F32 [rows, vocabulary] or {@link #HIDDEN} F32 [rows, width].
 *
 * <p>A decoder has one state {@code kv.<layer>} per layer; an encoder has none: all tokens of a
 * sequence stand in one batch.
 *
 * @param architecture value of {@code general.architecture}
 * @param vocabularySize number of tokens
 * @param trainedContextLength positions that the model was trained for
 * @param contextLength positions that the graph was built for
 * @param embeddingWidth elements of a hidden vector
 * @param layers number of blocks
 * @param causal whether tokens see only earlier ones (decoder)
 * @param pooling how hidden vectors become an embedding
 * @param parameters elements of all weights that the graph uses
 */
public record ModelGraph(
    Graph graph,
    String architecture,
    int vocabularySize,
    int trainedContextLength,
    int contextLength,
    int embeddingWidth,
    int layers,
    boolean causal,
    Pooling pooling,
    long parameters) {
  /** Output of a decoder. */
  public static final String LOGITS = "logits";

  /** Output of an encoder, and of a decoder that was built for embeddings. */
  public static final String HIDDEN = "hidden";

  /** Bytes of keys and values that one more position takes while no window is full. */
  public long stateBytesPerPosition() {
    long bytes = 0;
    for (State state : graph.states()) {
      bytes += state.spec().bytesPerPosition();
    }
    return bytes;
  }
}
