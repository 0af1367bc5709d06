package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.RowDecoder;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Picks slices of data [outer, extent, slice] by index; a unit is a slice of the output.
 *
 * @param data where the data are, when they are computed or small
 * @param stored the data as the model's file has them, or null
 * @param decoders working slot of the decoder of stored data; -1 when slices are copied
 * @param sliceBytes bytes of a slice in the data
 * @param resultBytes bytes of a slice in the output
 */
public record GatherStep(
    StepInfo info,
    Operand data,
    MemorySegment stored,
    int decoders,
    Extent extent,
    long sliceBytes,
    Operand indices,
    DType indexType,
    Extent count,
    Operand y,
    long resultBytes,
    Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    MemorySegment source = stored == null ? data.segment(frame) : stored;
    long start = stored == null ? data.at(frame) : 0;
    int size = extent.of(frame);
    int indexCount = count.of(frame);
    for (int row = from; row < to; row++) {
      int outer = row / indexCount;
      long index = index(frame, row - outer * indexCount);
      long wrapped = index < 0 ? index + size : index;
      if (wrapped < 0 || wrapped >= size) {
        throw new BackendException(
            "node '%s': index %d lies outside %d slices"
                .formatted(info.nodes().getFirst(), index, size));
      }
      long at = start + ((long) outer * size + wrapped) * sliceBytes;
      long target = y.at(frame) + row * resultBytes;
      if (decoders < 0) {
        MemorySegment.copy(source, at, y.segment(frame), target, sliceBytes);
      } else {
        ((RowDecoder) frame.working(decoders, worker)).decode(source, at, y.segment(frame), target);
      }
    }
  }

  private long index(Frame frame, int i) {
    MemorySegment ids = indices.segment(frame);
    long at = indices.at(frame);
    return indexType == DType.I32
        ? ids.get(ValueLayout.JAVA_INT_UNALIGNED, at + 4L * i)
        : ids.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8L * i);
  }
}
