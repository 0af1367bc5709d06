package dev.gatun.quantize.optimize;

import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.mix.MixOptions;
import dev.gatun.tensor.DType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a GGUF artifact is quantized.
 *
 * @param type of the file
 * @param weighted whether with an importance matrix
 * @param raised types of tensors whose names contain a match of a regular expression, in order
 */
public record GgufRecipe(FileType type, boolean weighted, Map<String, DType> raised)
    implements Recipe {
  public GgufRecipe {
    raised = Collections.unmodifiableMap(new LinkedHashMap<>(raised));
  }

  /** A type without more. */
  public static GgufRecipe of(FileType type, boolean weighted) {
    return new GgufRecipe(type, weighted, Map.of());
  }

  /** The same with more tensors of other types. */
  GgufRecipe with(Map<String, DType> more) {
    Map<String, DType> all = new LinkedHashMap<>(more);
    raised.forEach(all::putIfAbsent);
    return new GgufRecipe(type, weighted, all);
  }

  @Override
  public String title() {
    var text = new StringBuilder(type.title());
    if (weighted) {
      text.append(" imatrix");
    }
    if (!raised.isEmpty()) {
      text.append(" +").append(raised.size());
    }
    return text.toString();
  }

  @Override
  public String canonical() {
    return type.title() + " " + weighted + " " + raised;
  }

  @Override
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", type.title());
    members.put("importanceMatrix", weighted);
    Map<String, String> types = new LinkedHashMap<>();
    raised.forEach((regex, dtype) -> types.put(regex, dtype.name()));
    members.put("raised", types);
    return members;
  }

  MixOptions types() {
    Map<Pattern, DType> tensors = new LinkedHashMap<>();
    raised.forEach((regex, dtype) -> tensors.put(Pattern.compile(regex), dtype));
    return new MixOptions(
        type, false, false, false, Optional.empty(), Optional.empty(), tensors, weighted);
  }
}
