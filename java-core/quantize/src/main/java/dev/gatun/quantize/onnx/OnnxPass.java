package dev.gatun.quantize.onnx;

/** A change of a model. */
@FunctionalInterface
interface OnnxPass {
  /** Changes the model and notes what it did. */
  void apply(ModelEdit edit, OnnxQuantizeOptions options, PassLog log);
}
