package dev.gatun.onnxruntime;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.onnxruntime.generated.ort.OrtApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The inputs and outputs of runs of a session, which stay bound from run to run. Bound tensors must
 * stay open as long as they are bound. Used by one thread at a time; {@link #run} allocates nothing
 * and makes one call.
 */
public final class OrtBinding implements AutoCloseable {
  private final Api api;
  private final OrtSession session;
  private final OrtRunOptions options;
  private final NativeHandle handle;

  /** Names on the native side, each once. */
  private final Arena names = Arena.ofShared();

  private final Map<String, MemorySegment> known = new HashMap<>();
  private final Set<String> outputNames = new LinkedHashSet<>();
  private final MemorySegment run;

  OrtBinding(OrtSession session, OrtRunOptions options) {
    this.session = session;
    this.options = options;
    api = session.api();
    run = OrtApi.RunWithBinding(api.table());
    handle =
        api.create(
            "OrtIoBinding",
            "CreateIoBinding",
            out ->
                OrtApi.CreateIoBinding.invoke(
                    OrtApi.CreateIoBinding(api.table()), session.address(), out),
            binding ->
                OrtApi.ReleaseIoBinding.invoke(OrtApi.ReleaseIoBinding(api.table()), binding));
  }

  private static void checkName(String name, String what, List<OrtValueInfo> known) {
    if (known.stream().noneMatch(info -> info.name().equals(name))) {
      throw new IllegalArgumentException(
          "the model has no %s %s; it has %s"
              .formatted(what, name, known.stream().map(OrtValueInfo::name).toList()));
    }
  }

  private MemorySegment name(String name) {
    return known.computeIfAbsent(name, text -> Pointers.text(text, names));
  }

  /**
   * Reads an input from a tensor, from the next run on.
   *
   * @throws IllegalArgumentException when the session has no such input
   */
  public void input(String name, OrtTensor tensor) {
    // The library's own refusal leaves the binding unusable.
    checkName(name, "input", session.inputs());
    api.check(
        "BindInput",
        OrtApi.BindInput.invoke(
            OrtApi.BindInput(api.table()), handle.address(), name(name), tensor.address()));
  }

  /** Writes an output into a tensor of its exact shape, from the next run on. */
  public void output(String name, OrtTensor tensor) {
    checkName(name, "output", session.outputs());
    outputNames.add(name);
    api.check(
        "BindOutput",
        OrtApi.BindOutput.invoke(
            OrtApi.BindOutput(api.table()), handle.address(), name(name), tensor.address()));
  }

  /**
   * Lets the library allocate an output in the next run. To be called before each run: the next one
   * writes into the last one's memory otherwise.
   */
  public void output(String name) {
    checkName(name, "output", session.outputs());
    outputNames.add(name);
    api.check(
        "BindOutputToDevice",
        OrtApi.BindOutputToDevice.invoke(
            OrtApi.BindOutputToDevice(api.table()),
            handle.address(),
            name(name),
            session.environment().cpu()));
  }

  /**
   * Runs the session once.
   *
   * @throws dev.gatun.ffi.NativeCallException with what the library says
   */
  public void run() {
    MemorySegment status =
        OrtApi.RunWithBinding.invoke(run, session.address(), options.address(), handle.address());
    if (status.address() != 0) {
      api.check("RunWithBinding", status);
    }
  }

  /** Names of the outputs that are bound, in the order of {@link #outputs}. */
  public List<String> outputNames() {
    return List.copyOf(outputNames);
  }

  /**
   * The outputs after a run, in the order in which they were first bound; the caller closes them.
   */
  public List<OrtTensor> outputs() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment array = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      api.check(
          "GetBoundOutputValues",
          OrtApi.GetBoundOutputValues.invoke(
              OrtApi.GetBoundOutputValues(api.table()),
              handle.address(),
              api.allocator(),
              array,
              count));
      MemorySegment values = Pointers.read(array);
      List<OrtTensor> tensors = new ArrayList<>();
      if (values.address() == 0) {
        return tensors;
      }
      try {
        for (long i = 0; i < count.get(ValueLayout.JAVA_LONG, 0); i++) {
          tensors.add(OrtTensor.adopt(api, Pointers.read(values, i)));
        }
      } finally {
        api.free(values);
      }
      return tensors;
    }
  }

  /** Unbinds everything. */
  public void clear() {
    outputNames.clear();
    OrtApi.ClearBoundInputs.invoke(OrtApi.ClearBoundInputs(api.table()), handle.address());
    OrtApi.ClearBoundOutputs.invoke(OrtApi.ClearBoundOutputs(api.table()), handle.address());
  }

  /** Idempotent. */
  @Override
  public void close() {
    if (handle.isOpen()) {
      handle.close();
      names.close();
    }
  }
}
