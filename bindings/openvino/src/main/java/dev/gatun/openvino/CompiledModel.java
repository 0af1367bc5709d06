package dev.gatun.openvino;

import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.openvino.generated.c.c_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A model compiled for a device. Thread-safe; requests are not. */
public final class CompiledModel implements AutoCloseable {
  private final LiveHandles handles;
  private final NativeHandle handle;

  CompiledModel(LiveHandles handles, NativeHandle handle) {
    this.handles = handles;
    this.handle = handle;
  }

  public List<Port> inputs() {
    return Ports.read(
        "ov_compiled_model_input",
        handle.address(),
        c_h::ov_compiled_model_inputs_size,
        c_h::ov_compiled_model_input_by_index);
  }

  public List<Port> outputs() {
    return Ports.read(
        "ov_compiled_model_output",
        handle.address(),
        c_h::ov_compiled_model_outputs_size,
        c_h::ov_compiled_model_output_by_index);
  }

  /** A property of the compiled model, as text: {@code EXECUTION_DEVICES}, {@code NUM_STREAMS}. */
  public String property(String key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(c_h.C_POINTER);
      Status.check(
          "ov_compiled_model_get_property",
          c_h.ov_compiled_model_get_property(handle.address(), Pointers.text(key, arena), holder));
      return NativeText.take(holder);
    }
  }

  /** A request of its own memory and, of a model with states, its own state. */
  public InferRequest newRequest() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(c_h.C_POINTER);
      Status.check(
          "ov_compiled_model_create_infer_request",
          c_h.ov_compiled_model_create_infer_request(handle.address(), holder));
      return new InferRequest(
          handles, handles.own("infer request", Pointers.read(holder), c_h::ov_infer_request_free));
    }
  }

  /** Idempotent. Requests that are still open keep what they need. */
  @Override
  public void close() {
    handle.close();
  }
}
