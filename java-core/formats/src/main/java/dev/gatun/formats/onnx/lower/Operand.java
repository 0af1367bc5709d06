package dev.gatun.formats.onnx.lower;

import dev.gatun.tensor.DType;

/** A value of the ONNX model: its name and element type. */
record Operand(String name, DType dtype) {
  /** An optional input that is not there. */
  static final Operand ABSENT = new Operand("", DType.F32);
}
