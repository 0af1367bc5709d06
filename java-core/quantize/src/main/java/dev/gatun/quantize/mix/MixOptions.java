package dev.gatun.quantize.mix;

import dev.gatun.tensor.DType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the user wants of the types of tensors. Immutable.
 *
 * @param file the type of the file
 * @param copy whether all tensors keep their types
 * @param pure whether tensors get the file's base type, without rules
 * @param keepOutput whether {@code output.weight} keeps its type
 * @param output type of the output, also where it is the token embedding
 * @param tokenEmbedding type of the token embedding
 * @param tensors types of tensors whose names contain a match of a pattern; the first that matches
 *     counts; only where {@code file} is a block type
 * @param importance whether there is an importance matrix: some rules depend on it
 */
public record MixOptions(
    FileType file,
    boolean copy,
    boolean pure,
    boolean keepOutput,
    Optional<DType> output,
    Optional<DType> tokenEmbedding,
    Map<Pattern, DType> tensors,
    boolean importance) {
  public MixOptions {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** Whether there is an importance matrix. */
  public MixOptions withImportance(boolean there) {
    return new MixOptions(file, copy, pure, keepOutput, output, tokenEmbedding, tensors, there);
  }

  /** The type that the user wants for a tensor by its name. */
  Optional<DType> named(String tensor) {
    return tensors.entrySet().stream()
        .filter(entry -> entry.getKey().matcher(tensor).find())
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
