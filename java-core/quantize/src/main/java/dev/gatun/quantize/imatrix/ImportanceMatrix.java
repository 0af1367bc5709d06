package dev.gatun.quantize.imatrix;

import dev.gatun.graph.ModelSource;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * An importance matrix: what was seen at the input of each weight tensor, by the tensor's name.
 * Immutable.
 *
 * @param entries by tensor, in the order of the names
 * @param datasets names of the texts that it was made of
 * @param chunkCount chunks of text that were read; 0 when unknown
 * @param chunkSize tokens of a chunk; 0 when unknown
 * @param perChunk whether sums and counts are of chunks instead of input rows, as the {@code .dat}
 *     form has them
 */
public record ImportanceMatrix(
    Map<String, ImportanceEntry> entries,
    List<String> datasets,
    long chunkCount,
    int chunkSize,
    boolean perChunk) {
  public ImportanceMatrix {
    entries = Collections.unmodifiableMap(new TreeMap<>(entries));
    datasets = List.copyOf(datasets);
    if (chunkCount < 0 || chunkSize < 0) {
      throw new IllegalArgumentException(chunkCount + " chunks of " + chunkSize);
    }
  }

  /**
   * What a quantizer takes for a tensor: one weight per column of each of its matrices, the mean
   * squared input.
   *
   * @return empty when nothing is known of the tensor
   */
  public Optional<float[]> weights(String tensor) {
    return Optional.ofNullable(entries.get(tensor)).map(ImportanceEntry::weights);
  }

  /** Only the tensors whose names are accepted. */
  public ImportanceMatrix only(Predicate<String> accept) {
    Map<String, ImportanceEntry> kept = new TreeMap<>(entries);
    kept.keySet().removeIf(accept.negate());
    return new ImportanceMatrix(kept, datasets, chunkCount, chunkSize, perChunk);
  }

  /** How well it fits a model; see {@link Coverage}. */
  public Coverage coverage(ModelSource model) {
    return Coverage.of(this, model);
  }

  /**
   * The same with rows counted instead of chunks.
   *
   * @param size tokens of a chunk, where it is not known
   */
  public ImportanceMatrix perRow(int size) {
    if (!perChunk) {
      return this;
    }
    int tokens = chunkSize == 0 ? size : chunkSize;
    Map<String, ImportanceEntry> scaled = new TreeMap<>();
    entries.forEach((name, entry) -> scaled.put(name, entry.times(tokens)));
    return new ImportanceMatrix(scaled, datasets, chunkCount, tokens, false);
  }

  /**
   * Several as one, as if all texts had been read in one run: sums and counts are added, in the
   * order given.
   *
   * @param size tokens of a chunk: of the result, and of those that do not tell theirs
   * @throws IllegalArgumentException when there is none
   * @throws GatunException when two are of different models
   */
  public static ImportanceMatrix merge(Collection<ImportanceMatrix> matrices, int size) {
    if (matrices.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to merge");
    }
    Map<String, ImportanceEntry> merged = new TreeMap<>();
    List<String> texts = new ArrayList<>();
    for (ImportanceMatrix matrix : matrices) {
      matrix.perRow(size).entries.forEach((name, entry) -> add(merged, name, entry));
      texts.addAll(matrix.datasets);
    }
    long rows = merged.values().stream().mapToLong(ImportanceEntry::maxCount).max().orElse(0);
    return new ImportanceMatrix(merged, texts, rows / size, size, false);
  }

  private static void add(Map<String, ImportanceEntry> merged, String name, ImportanceEntry entry) {
    try {
      merged.merge(name, entry, ImportanceEntry::plus);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new GatunException(
          Kind.MODEL,
          "cannot merge: '"
              + name
              + "' "
              + e.getMessage()
              + "; merge importance matrices of the same model only",
          e);
    }
  }
}
