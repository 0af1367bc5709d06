package dev.gatun.quantize.onnx;

import dev.gatun.tensor.Tensor;
import java.util.Set;

/** Runs a model on examples and shows its values: what calibration learns from. */
public interface ActivationSource {
  /** Sees values. */
  @FunctionalInterface
  interface Sink {
    /**
     * One value in one run.
     *
     * @param tensor a view, valid until this returns
     */
    void accept(String value, Tensor tensor);
  }

  /** The values, of those asked for, that {@link #run} can show. */
  Set<String> available(Set<String> values);

  /** Runs all examples once. The same values come in the same order each time. */
  void run(Set<String> values, Sink sink);
}
