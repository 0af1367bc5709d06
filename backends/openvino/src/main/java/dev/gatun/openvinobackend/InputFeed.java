package dev.gatun.openvinobackend;

import dev.gatun.engine.compiled.IndexLimit;
import dev.gatun.engine.compiled.Span;
import dev.gatun.engine.compiled.SpanInput;
import dev.gatun.graph.Bindings;
import dev.gatun.graph.Value;
import dev.gatun.openvino.ElementType;
import dev.gatun.openvino.NativeTensor;
import dev.gatun.openvino.OpenVino;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** One input of a session, as OpenVINO's tensor. */
final class InputFeed implements AutoCloseable {
  private final Value value;
  private final OpenVino library;
  private final ElementType type;
  private final SpanInput input;
  private NativeTensor tensor;
  private long address;
  private long[] shape = {};

  InputFeed(Value value, OpenVino library, IndexLimit limit) {
    this.value = value;
    this.library = library;
    type = ElementTypes.of(value.type().dtype());
    input = new SpanInput(value, limit);
  }

  /** The input's tensor for a part of a batch. */
  NativeTensor read(Batch batch, Span span, Bindings sizes, Buffer buffer) {
    return over(sizes.shape(value.type()).toArray(), input.read(batch, span, sizes, buffer));
  }

  /** The last tensor again, where memory and shape are the same. */
  private NativeTensor over(long[] dims, MemorySegment memory) {
    if (tensor == null || address != memory.address() || !Arrays.equals(shape, dims)) {
      NativeTensor made = library.tensor(type, dims, memory);
      if (tensor != null) {
        tensor.close();
      }
      tensor = made;
      address = memory.address();
      shape = dims;
    }
    return tensor;
  }

  @Override
  public void close() {
    if (tensor != null) {
      tensor.close();
    }
    input.close();
  }
}
