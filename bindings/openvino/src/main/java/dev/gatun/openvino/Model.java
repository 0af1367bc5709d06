package dev.gatun.openvino;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.openvino.generated.c.c_h;
import dev.gatun.openvino.generated.c.ov_partial_shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/** A model that was read. Not thread-safe. */
public final class Model implements AutoCloseable {
  private final NativeHandle handle;

  Model(NativeHandle handle) {
    this.handle = handle;
  }

  MemorySegment address() {
    return handle.address();
  }

  public List<Port> inputs() {
    return Ports.read(
        "ov_model_input", address(), c_h::ov_model_inputs_size, c_h::ov_model_const_input_by_index);
  }

  public List<Port> outputs() {
    return Ports.read(
        "ov_model_output",
        address(),
        c_h::ov_model_outputs_size,
        c_h::ov_model_const_output_by_index);
  }

  /** Whether a dimension of it is open. */
  public boolean isDynamic() {
    return c_h.ov_model_is_dynamic(address());
  }

  /** Gives inputs, by name, other bounds of their dimensions; shapes behind them follow. */
  public void reshape(Map<String, List<Port.Range>> inputs) {
    try (Arena arena = Arena.ofConfined()) {
      int size = Math.max(1, inputs.size());
      MemorySegment names = arena.allocate(ValueLayout.ADDRESS, size);
      MemorySegment shapes = ov_partial_shape.allocateArray(size, arena);
      int index = 0;
      for (Map.Entry<String, List<Port.Range>> each : inputs.entrySet()) {
        names.setAtIndex(ValueLayout.ADDRESS, index, Pointers.text(each.getKey(), arena));
        Shapes.fill(ov_partial_shape.asSlice(shapes, index), each.getValue(), arena);
        index++;
      }
      Status.check(
          "ov_model_reshape", c_h.ov_model_reshape(address(), names, shapes, inputs.size()));
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
