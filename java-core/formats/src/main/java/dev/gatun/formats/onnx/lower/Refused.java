package dev.gatun.formats.onnx.lower;

/** Why a node cannot be lowered; caught by {@link OnnxExport}. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  Refused(String reason) {
    super(reason, null, false, false);
  }
}
