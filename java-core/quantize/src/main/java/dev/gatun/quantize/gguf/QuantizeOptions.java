package dev.gatun.quantize.gguf;

import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.mix.MixOptions;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How to quantize. Immutable; start from {@link #of}.
 *
 * @param types which types tensors get
 * @param importance how much columns matter; {@link MixOptions#importance} follows
 * @param metadata values to put or replace
 * @param pruned numbers of blocks to leave out
 * @param keepSplit whether a model in several files stays so
 * @param allowRequantize whether block formats may be decoded and quantized anew, which loses more
 *     than quantizing the original
 * @param allowLarger whether the result may be as large as the source, or larger
 * @param threads worker threads
 */
public record QuantizeOptions(
    MixOptions types,
    Optional<UsedImportance> importance,
    List<MetadataOverride> metadata,
    SortedSet<Integer> pruned,
    boolean keepSplit,
    boolean allowRequantize,
    boolean allowLarger,
    int threads) {
  public QuantizeOptions {
    metadata = List.copyOf(metadata);
    pruned = Collections.unmodifiableSortedSet(new TreeSet<>(pruned));
    types = types.withImportance(importance.isPresent());
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread is needed, not " + threads);
    }
  }

  /** The usual mix of a file type, with one thread per processor. */
  public static QuantizeOptions of(FileType file) {
    var types =
        new MixOptions(
            file, false, false, false, Optional.empty(), Optional.empty(), Map.of(), false);
    int threads = Runtime.getRuntime().availableProcessors();
    return new QuantizeOptions(
        types, Optional.empty(), List.of(), new TreeSet<>(), false, false, false, threads);
  }

  /** Other choices of types. */
  public QuantizeOptions withTypes(MixOptions other) {
    return new QuantizeOptions(
        other, importance, metadata, pruned, keepSplit, allowRequantize, allowLarger, threads);
  }

  /** With importances. */
  public QuantizeOptions withImportance(UsedImportance other) {
    return new QuantizeOptions(
        types,
        Optional.of(other),
        metadata,
        pruned,
        keepSplit,
        allowRequantize,
        allowLarger,
        threads);
  }

  /** Whether block formats may be quantized anew, and whether the result may be larger. */
  public QuantizeOptions withAllowed(boolean requantize, boolean larger) {
    return new QuantizeOptions(
        types, importance, metadata, pruned, keepSplit, requantize, larger, threads);
  }

  /** Another number of threads. */
  public QuantizeOptions withThreads(int count) {
    return new QuantizeOptions(
        types, importance, metadata, pruned, keepSplit, allowRequantize, allowLarger, count);
  }

  /** Without these blocks. */
  public QuantizeOptions withPruned(SortedSet<Integer> blocks) {
    return new QuantizeOptions(
        types, importance, metadata, blocks, keepSplit, allowRequantize, allowLarger, threads);
  }

  /** Whether a model in several files stays so. */
  public QuantizeOptions withKeepSplit(boolean keep) {
    return new QuantizeOptions(
        types, importance, metadata, pruned, keep, allowRequantize, allowLarger, threads);
  }
}
