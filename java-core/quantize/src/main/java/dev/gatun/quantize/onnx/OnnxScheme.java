package dev.gatun.quantize.onnx;

/** What becomes of a model's numbers. */
public sealed interface OnnxScheme permits WeightOnly, DynamicInt8, StaticInt8, HalfFloat {
  /** What the report and the model's metadata call it. */
  String describe();
}
