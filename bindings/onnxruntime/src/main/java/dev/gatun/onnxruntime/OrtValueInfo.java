package dev.gatun.onnxruntime;

import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * An input or output of a session.
 *
 * @param dtype element type; empty when it is no tensor, or one of elements that {@link DType}
 *     lacks
 * @param dims sizes, -1 where they are not fixed
 * @param symbols names of sizes that are not fixed, empty text where a size has none
 */
public record OrtValueInfo(
    String name, Optional<DType> dtype, List<Long> dims, List<String> symbols) {
  public OrtValueInfo {
    dims = List.copyOf(dims);
    symbols = List.copyOf(symbols);
  }
}
