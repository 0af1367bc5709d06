package dev.gatun.quantize.convert;

import dev.gatun.graph.ModelSource;
import dev.gatun.graph.ModelSource.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;

/** The tensors of a GGUF model, decoded. */
record GgufNumbers(ModelSource model) implements NumberSource {
  @Override
  public Set<String> names() {
    return model.tensorNames();
  }

  @Override
  public Optional<TensorInfo> info(String name) {
    return model.info(name);
  }

  @Override
  public void withRows(String name, RowAction action) throws IOException {
    try {
      model.withTensor(
          name,
          tensor -> {
            try {
              action.run(SafetensorsNumbers.rows(tensor));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
