package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxContent;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.List;

/** Constants of the graph as tensors of the model; each stands there once. */
final class Weights {
  private Weights() {}

  /** A constant as it is, or decoded to F32 when it is of a block format. */
  static Operand plain(Emitter emitter, String name, Tensor data) {
    if (data.dtype() == DType.STRING) {
      throw new Refused("'" + name + "' holds texts");
    }
    return data.dtype().isBlocked()
        ? emitter.tensor(name, DType.F32, data.shape(), new DecodedContent(data))
        : emitter.tensor(name, data.dtype(), data.shape(), OnnxContent.of(data.data()));
  }

  /** Codes, U8 [rows, blocks, bytes]. */
  static Operand codes(Emitter emitter, String name, BlockCodes codes, long rows, WeightForm form) {
    Shape shape = Shape.of(rows, codes.blocks(), form.codeBytes());
    return part(emitter, name, "codes", codes, DType.U8, shape, codes.codes());
  }

  /** Scales, F32 [rows, blocks], as products take them. */
  static Operand scales(Emitter emitter, String name, BlockCodes codes, long rows) {
    Shape shape = Shape.of(rows, codes.blocks());
    return part(emitter, name, "scales", codes, DType.F32, shape, codes.scales());
  }

  /** Scales, F32 [rows, blocks, 1], as picks take them. */
  static Operand rowScales(Emitter emitter, String name, BlockCodes codes, long rows) {
    Shape shape = Shape.of(rows, codes.blocks(), 1L);
    return part(emitter, name, "row_scales", codes, DType.F32, shape, codes.scales());
  }

  /** Values of code 0, F32 [rows, blocks, 1]. */
  static Operand minimums(Emitter emitter, String name, BlockCodes codes, long rows) {
    Shape shape = Shape.of(rows, codes.blocks(), 1L);
    return part(emitter, name, "minimums", codes, DType.F32, shape, codes.minimums());
  }

  /** Values of the code that stands for 0, F32 [rows, blocks]. */
  static Operand offsets(Emitter emitter, String name, BlockCodes codes, long rows) {
    Shape shape = Shape.of(rows, codes.blocks());
    return part(emitter, name, "offsets", codes, DType.F32, shape, codes.offsets());
  }

  private static Operand part(
      Emitter emitter,
      String name,
      String part,
      BlockCodes codes,
      DType dtype,
      Shape shape,
      OnnxContent content) {
    return emitter.once(
        List.of(part, codes.weights()),
        () -> emitter.tensor(name + "." + part, dtype, shape, content));
  }
}
