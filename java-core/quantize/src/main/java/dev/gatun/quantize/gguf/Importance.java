package dev.gatun.quantize.gguf;

import java.util.Optional;

/** How much each column of a tensor matters, as an importance matrix tells. Thread-safe. */
@FunctionalInterface
public interface Importance {
  /**
   * The weights of a tensor's columns, for experts one after the other; not to be changed.
   *
   * @param tensor its name in the model that the matrix was made of
   */
  Optional<float[]> weights(String tensor);
}
