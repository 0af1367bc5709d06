package dev.gatun.formats.safetensors;

import dev.gatun.tensor.DType;
import java.util.List;

/** The names of element types in a safetensors file, and their order there. */
final class SafetensorsTypes {
  /** Types that a tensor may have, in the order of the format's own enumeration. */
  private static final List<DType> ORDER =
      List.of(
          DType.BOOL,
          DType.U8,
          DType.I8,
          DType.I16,
          DType.U16,
          DType.F16,
          DType.BF16,
          DType.I32,
          DType.U32,
          DType.F32,
          DType.F64,
          DType.I64,
          DType.U64);

  private SafetensorsTypes() {}

  /** The type of this name, or null for one that we do not have, such as F8_E4M3. */
  static DType of(String name) {
    for (DType type : ORDER) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** Where a type stands in the order by which files sort their tensors; -1 when not storable. */
  static int rank(DType type) {
    return ORDER.indexOf(type);
  }

  /** The names, for messages. */
  static String names() {
    StringBuilder text = new StringBuilder();
    for (DType type : ORDER) {
      text.append(text.isEmpty() ? "" : ", ").append(type);
    }
    return text.toString();
  }
}
