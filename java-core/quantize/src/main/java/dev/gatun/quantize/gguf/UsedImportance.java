package dev.gatun.quantize.gguf;

import dev.gatun.graph.ModelSource;
import dev.gatun.quantize.imatrix.Coverage;
import dev.gatun.quantize.imatrix.ImportanceMatrix;
import dev.gatun.tensor.GatunException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An importance matrix that a quantization uses.
 *
 * @param matrix what it knows
 * @param file where it was read, as the result's metadata will say
 */
public record UsedImportance(ImportanceMatrix matrix, String file) {
  /** Bytes of a text that llama.cpp stores. */
  private static final int LONGEST = 127;

  /**
   * Refuses a matrix that was made of another model.
   *
   * @throws GatunException when it was
   */
  void requireFor(ModelSource model) {
    Coverage coverage = matrix.coverage(model);
    if (coverage.foreignModel()) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "the importance matrix %s was made of another model than %s: %s"
              .formatted(file, model.name(), coverage.describe()));
    }
  }

  /** What the result says of it. */
  List<MetadataOverride> metadata() {
    List<MetadataOverride> values = new ArrayList<>();
    values.add(new MetadataOverride.Text("quantize.imatrix.file", cut(file)));
    if (!matrix.datasets().isEmpty()) {
      values.add(
          new MetadataOverride.Text("quantize.imatrix.dataset", cut(matrix.datasets().getFirst())));
    }
    values.add(
        new MetadataOverride.Whole("quantize.imatrix.entries_count", matrix.entries().size()));
    if (matrix.chunkCount() > 0) {
      values.add(new MetadataOverride.Whole("quantize.imatrix.chunks_count", matrix.chunkCount()));
    }
    return values;
  }

  private static String cut(String text) {
    String fitting = text;
    while (fitting.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      fitting = fitting.substring(0, fitting.length() - 1);
    }
    return fitting;
  }
}
