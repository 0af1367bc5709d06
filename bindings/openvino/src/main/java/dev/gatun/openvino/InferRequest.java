package dev.gatun.openvino;

import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.openvino.generated.c.c_h;
import dev.gatun.openvino.generated.c.ov_callback_t;
import dev.gatun.openvino.generated.c.ov_profiling_info_list_t;
import dev.gatun.openvino.generated.c.ov_profiling_info_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run at a time of a compiled model, with the state that its runs leave. Used by one thread at
 * a time.
 *
 * <p>The C API of 2026.4 can neither query, reset nor truncate that state: a request begins with an
 * empty one, and its end is the only way to forget it.
 */
public final class InferRequest implements AutoCloseable {
  private static final long MICROSECOND = 1000;

  private final LiveHandles handles;
  private final NativeHandle handle;
  private Optional<Arena> callback = Optional.empty();

  InferRequest(LiveHandles handles, NativeHandle handle) {
    this.handles = handles;
    this.handle = handle;
  }

  /** Uses a tensor as an input from the next run on; it stays the caller's. */
  public void input(int index, NativeTensor tensor) {
    Status.check(
        "ov_infer_request_set_input_tensor_by_index",
        c_h.ov_infer_request_set_input_tensor_by_index(handle.address(), index, tensor.address()));
  }

  /** Uses a tensor, by the name of an input or output. */
  public void tensor(String name, NativeTensor tensor) {
    try (Arena arena = Arena.ofConfined()) {
      Status.check(
          "ov_infer_request_set_tensor",
          c_h.ov_infer_request_set_tensor(
              handle.address(), Pointers.text(name, arena), tensor.address()));
    }
  }

  /** Uses a tensor as an output from the next run on. */
  public void output(int index, NativeTensor tensor) {
    Status.check(
        "ov_infer_request_set_output_tensor_by_index",
        c_h.ov_infer_request_set_output_tensor_by_index(handle.address(), index, tensor.address()));
  }

  /** The tensor of an output after a run; the caller closes it. */
  public NativeTensor output(int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(c_h.C_POINTER);
      Status.check(
          "ov_infer_request_get_output_tensor_by_index",
          c_h.ov_infer_request_get_output_tensor_by_index(handle.address(), index, holder));
      return NativeTensor.own(handles, holder);
    }
  }

  /** Runs, and waits for the end. */
  public void infer() {
    Status.check("ov_infer_request_infer", c_h.ov_infer_request_infer(handle.address()));
  }

  /** Starts a run. */
  public void start() {
    Status.check(
        "ov_infer_request_start_async", c_h.ov_infer_request_start_async(handle.address()));
  }

  /** Waits for the end of the run that was started; its failure is thrown here. */
  public void await() {
    Status.check("ov_infer_request_wait", c_h.ov_infer_request_wait(handle.address()));
  }

  /** Waits at most so long; returns whether the run has ended. */
  public boolean await(long milliseconds) {
    int code = c_h.ov_infer_request_wait_for(handle.address(), milliseconds);
    if (code == c_h.RESULT_NOT_READY()) {
      return false;
    }
    Status.check("ov_infer_request_wait_for", code);
    return true;
  }

  /** Asks a run that was started to end early; its wait then throws. */
  public void cancel() {
    Status.check("ov_infer_request_cancel", c_h.ov_infer_request_cancel(handle.address()));
  }

  /**
   * Calls back on a thread of OpenVINO's at the end of each run that {@link #start} begins. It must
   * not throw, and must not use this request.
   */
  public void onDone(Runnable action) {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment struct = ov_callback_t.allocate(arena);
      ov_callback_t.callback_func(
          struct, ov_callback_t.callback_func.allocate(_ -> action.run(), arena));
      ov_callback_t.args(struct, MemorySegment.NULL);
      Status.check(
          "ov_infer_request_set_callback",
          c_h.ov_infer_request_set_callback(handle.address(), struct));
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
    callback.ifPresent(Arena::close);
    callback = Optional.of(arena);
  }

  /** What each node did in the last run; for a model compiled with {@code PERF_COUNT}. */
  public List<ProfiledNode> profile() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = ov_profiling_info_list_t.allocate(arena);
      Status.check(
          "ov_infer_request_get_profiling_info",
          c_h.ov_infer_request_get_profiling_info(handle.address(), list));
      try {
        long count = ov_profiling_info_list_t.size(list);
        MemorySegment array =
            Pointers.view(
                ov_profiling_info_list_t.profiling_infos(list),
                count * ov_profiling_info_t.sizeof());
        var nodes = new ArrayList<ProfiledNode>();
        for (long i = 0; i < count; i++) {
          MemorySegment each = ov_profiling_info_t.asSlice(array, i);
          nodes.add(
              new ProfiledNode(
                  Pointers.text(ov_profiling_info_t.node_name(each)).orElse(""),
                  Pointers.text(ov_profiling_info_t.node_type(each)).orElse(""),
                  Pointers.text(ov_profiling_info_t.exec_type(each)).orElse(""),
                  ov_profiling_info_t.status(each) == c_h.EXECUTED(),
                  ov_profiling_info_t.real_time(each) * MICROSECOND));
        }
        return nodes;
      } finally {
        c_h.ov_profiling_info_list_free(list);
      }
    }
  }

  /** Idempotent; forgets the state. No run may be in progress. */
  @Override
  public void close() {
    handle.close();
    callback.ifPresent(Arena::close);
    callback = Optional.empty();
  }
}
