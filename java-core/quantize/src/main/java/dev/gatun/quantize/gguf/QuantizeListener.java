package dev.gatun.quantize.gguf;

/** Hears how a quantization goes. Called by the thread that quantizes. */
@FunctionalInterface
public interface QuantizeListener {
  /** Hears nothing. */
  QuantizeListener NONE = (tensor, done, total) -> {};

  /**
   * Bytes were written.
   *
   * @param tensor whose
   * @param done bytes of all tensors written so far
   * @param total bytes that there will be
   */
  void progress(TensorPlan tensor, long done, long total);
}
