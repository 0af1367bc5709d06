package dev.gatun.formats.onnx;

import java.lang.foreign.MemorySegment;

/**
 * The elements of a tensor that is to be written: stored already, or computed when they are asked
 * for, so that a model of repacked weights takes no memory before it is written.
 */
public interface OnnxContent {
  long byteSize();

  /** Writes all bytes to {@code target}, which has exactly {@link #byteSize()} of them. */
  void write(MemorySegment target);

  /** Bytes that are there. */
  static OnnxContent of(MemorySegment data) {
    return new Stored(data);
  }

  /** Bytes that are there. */
  record Stored(MemorySegment data) implements OnnxContent {
    @Override
    public long byteSize() {
      return data.byteSize();
    }

    @Override
    public void write(MemorySegment target) {
      target.copyFrom(data);
    }
  }
}
