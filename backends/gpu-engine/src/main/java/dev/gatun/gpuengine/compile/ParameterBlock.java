package dev.gatun.gpuengine.compile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes into a kernel's block of parameters, laid out as C does: in the order of the struct's
 * fields, each aligned to its size. Built while compiling, then shared by sessions.
 */
final class ParameterBlock {
  private final List<Field> fields = new ArrayList<>();
  private int bytes;
  private int alignment = 4;

  /** What stands at an offset. */
  private sealed interface Field {}

  private record Int(int offset, Size size) implements Field {}

  private record Wide(int offset, Size size) implements Field {}

  private record Real(int offset, Amount value) implements Field {}

  /**
   * The number of a choice: kernels count in the order of the constants. The conformance suite has
   * a case for each of them.
   */
  @SuppressWarnings("EnumOrdinal")
  static int code(Enum<?> choice) {
    return choice.ordinal();
  }

  void integer(Size size) {
    fields.add(new Int(place(4), size));
  }

  void wide(Size size) {
    fields.add(new Wide(place(8), size));
  }

  void real(Amount value) {
    fields.add(new Real(place(4), value));
  }

  private int place(int size) {
    alignment = Math.max(alignment, size);
    int offset = (bytes + size - 1) / size * size;
    bytes = offset + size;
    return offset;
  }

  /** Bytes of the block, as {@code sizeof} has it; 0 for none. */
  int bytes() {
    return (bytes + alignment - 1) / alignment * alignment;
  }

  /**
   * Writes the parameters.
   *
   * @throws ArithmeticException when a size does not fit its field
   */
  void fill(MemorySegment block, LaunchSizes sizes) {
    for (int i = 0; i < fields.size(); i++) {
      switch (fields.get(i)) {
        case Int(int offset, Size size) ->
            block.set(ValueLayout.JAVA_INT, offset, Math.toIntExact(size.of(sizes)));
        case Wide(int offset, Size size) ->
            block.set(ValueLayout.JAVA_LONG, offset, size.of(sizes));
        case Real(int offset, Amount value) ->
            block.set(ValueLayout.JAVA_FLOAT, offset, (float) value.of(sizes));
      }
    }
  }
}
