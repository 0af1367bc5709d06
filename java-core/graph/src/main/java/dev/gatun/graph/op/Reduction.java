package dev.gatun.graph.op;

import dev.gatun.tensor.DType;
import java.util.Locale;

/** How an update and what it meets become one (attribute reduction of the Scatter ops). */
public enum Reduction {
  NONE,
  ADD,
  MUL,
  MAX,
  MIN;

  /** ONNX's name. */
  public String onnxName() {
    return name().toLowerCase(Locale.ROOT);
  }

  double apply(DType dtype, double old, double update) {
    double result =
        switch (this) {
          case NONE -> update;
          case ADD -> old + update;
          case MUL -> old * update;
          case MAX -> Math.max(old, update);
          case MIN -> Math.min(old, update);
        };
    return dtype.isFloat() ? result : Elements.round(dtype, result);
  }
}
