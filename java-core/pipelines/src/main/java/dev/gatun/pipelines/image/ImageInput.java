package dev.gatun.pipelines.image;

import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.formats.onnx.OnnxValueInfo.Extent;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network's input that takes pictures.
 *
 * @param width where the network says it
 * @param height likewise
 */
record ImageInput(OptionalInt width, OptionalInt height, boolean channelsLast) {
  private static final int FLOAT = 1;

  /** Empty when the input takes no pictures of three channels. */
  static Optional<ImageInput> of(OnnxValueInfo input) {
    List<Extent> dims = input.dims().orElse(List.of());
    if (dims.size() != 4 || input.elementType() != FLOAT) {
      return Optional.empty();
    }
    OptionalInt second = size(dims.get(1));
    OptionalInt last = size(dims.get(3));
    if (second.isEmpty() || second.getAsInt() == 3) {
      return Optional.of(new ImageInput(last, size(dims.get(2)), false));
    }
    return last.isPresent() && last.getAsInt() == 3
        ? Optional.of(new ImageInput(size(dims.get(2)), second, true))
        : Optional.empty();
  }

  private static OptionalInt size(Extent extent) {
    return extent instanceof OnnxValueInfo.Size(long size) && size > 0 && size < Integer.MAX_VALUE
        ? OptionalInt.of((int) size)
        : OptionalInt.empty();
  }
}
