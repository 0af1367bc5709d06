package dev.gatun.quantize.convert;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.List;

/**
 * A tensor of the file to be written, and where its numbers come from.
 *
 * @param slices ranges of source tensors, one after the other
 * @param plus added to every number
 */
record PlannedTensor(String name, DType type, Shape shape, List<Slice> slices, float plus) {
  /**
   * Rows of a source tensor.
   *
   * @param source its name
   * @param first the first row
   * @param rows how many
   * @param length numbers of a row; 1 where the rows of a vector are its numbers
   * @param heads heads whose rows are reordered: row {@code p * size/2 + j} of a head becomes row
   *     {@code 2 * j + p} (or back, see {@code undo}); 0 when rows keep their order
   * @param undo whether neighbours become halves again
   */
  record Slice(String source, long first, long rows, int length, int heads, boolean undo) {
    Slice(String source, long first, long rows, int length) {
      this(source, first, rows, length, 0, false);
    }

    /** The source row that becomes row {@code row} of the result. */
    long row(long row) {
      if (heads == 0) {
        return first + row;
      }
      long size = rows / heads;
      long head = row / size;
      long in = row % size;
      long from = undo ? in % (size / 2) * 2 + in / (size / 2) : in % 2 * (size / 2) + in / 2;
      return first + head * size + from;
    }
  }

  /** Bytes in the file. */
  long bytes() {
    return type.byteSize(shape.elements());
  }
}
