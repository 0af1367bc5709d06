package dev.gatun.quantize.convert;

import dev.gatun.formats.safetensors.SafetensorsFile;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tensors of a safetensors model; those of each file in the order of their names, which is the
 * order in which llama.cpp's converter goes through them.
 */
record SafetensorsNumbers(SafetensorsFile file, Set<String> names) implements NumberSource {
  static SafetensorsNumbers of(SafetensorsFile file) {
    Set<String> names = new LinkedHashSet<>();
    for (Set<String> part : file.namesByFile()) {
      names.addAll(new TreeSet<>(part));
    }
    return new SafetensorsNumbers(file, Collections.unmodifiableSet(names));
  }

  @Override
  public Optional<TensorInfo> info(String name) {
    return file.info(name);
  }

  @Override
  public void withRows(String name, RowAction action) throws IOException {
    try {
      file.withTensor(
          name,
          tensor -> {
            try {
              action.run(rows(tensor));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The numbers of a tensor of any type. */
  static Rows rows(Tensor tensor) {
    BlockFormat format = BlockFormat.of(tensor.dtype());
    return (from, count, dst, at) ->
        format.decode(tensor.data(), tensor.dtype().byteSize(from), dst, at, count);
  }
}
