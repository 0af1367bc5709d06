package dev.gatun.quantize.onnx;

import dev.gatun.tensor.GatunException;

/** A scheme changes nothing in a model, or what it gives is not smaller. Nothing was written. */
public final class NoGainException extends GatunException {
  private static final long serialVersionUID = 1;

  NoGainException(String message) {
    super(Kind.FAILURE, message);
  }
}
