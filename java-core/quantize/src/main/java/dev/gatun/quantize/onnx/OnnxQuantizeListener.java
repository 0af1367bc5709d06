package dev.gatun.quantize.onnx;

/** Hears how a quantization proceeds. Called by the thread that quantizes. */
@FunctionalInterface
public interface OnnxQuantizeListener {
  /** Hears nothing. */
  OnnxQuantizeListener NONE = text -> {};

  /** One line for a person who waits. */
  void message(String text);
}
