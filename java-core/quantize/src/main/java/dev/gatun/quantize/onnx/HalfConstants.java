package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/** Constants in 16 bits. What F16 cannot hold is clamped, and said. */
final class HalfConstants {
  private static final float MOST = 65504;
  private static final float LEAST = 0x1p-24f;

  private final ModelEdit edit;
  private final DType dtype;
  private final PassLog log;
  private final Map<String, String> done = new HashMap<>();

  HalfConstants(ModelEdit edit, DType dtype, PassLog log) {
    this.edit = edit;
    this.dtype = dtype;
    this.log = log;
  }

  /** Name of the constant in 16 bits. */
  String half(String name, OnnxTensor tensor, OnnxNode reader) {
    return done.computeIfAbsent(
        name,
        key -> {
          float[] values = tensor.tensor().toFloats();
          for (float x : values) {
            if (Float.isNaN(x)) {
              // Reports where it is.
              WeightMatrix.of(edit, tensor, name);
            }
          }
          if (dtype == DType.F16) {
            clamp(name, reader, values);
          }
          return edit.add(name + "_half", Floats.tensor(dtype, tensor.shape(), values));
        });
  }

  private void clamp(String name, OnnxNode reader, float... values) {
    int clamped = 0;
    for (int i = 0; i < values.length; i++) {
      float magnitude = Math.abs(values[i]);
      if (magnitude > MOST && !Float.isInfinite(values[i])) {
        values[i] = Math.copySign(MOST, values[i]);
        clamped++;
      } else if (magnitude != 0 && magnitude < LEAST) {
        // A small divisor must not become 0.
        values[i] = Math.copySign(LEAST, values[i]);
      }
    }
    if (clamped > 0) {
      log.warn(
          "%d numbers of '%s', which %s reads, are beyond what float16 holds and were clamped to %.0f"
              .formatted(clamped, name, reader.label(), MOST));
    }
  }
}
