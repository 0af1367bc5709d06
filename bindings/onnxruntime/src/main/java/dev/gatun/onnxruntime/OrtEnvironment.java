package dev.gatun.onnxruntime;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.ffi.ProcessEnvironment;
import dev.gatun.onnxruntime.generated.ort.OrtApi;
import dev.gatun.onnxruntime.generated.ort.ort_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/**
 * What sessions need to exist: logging, and the execution providers that are known. Thread-safe.
 * Close it after all that was made from it.
 */
public final class OrtEnvironment implements AutoCloseable {
  /**
   * Read by the library when its environment is made. Without it some libraries start to collect
   * usage data before they can be told not to, and match all of /proc/cpuinfo by a recursion that a
   * thread's stack of 1 MB does not hold on every processor.
   */
  private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";

  private final Api api;
  private final NativeHandle handle;

  /** Where tensors lie: the memory of the process. */
  private final NativeHandle cpu;

  OrtEnvironment(Api api, OnnxRuntime.LogLevel level) {
    this.api = api;
    ProcessEnvironment.setDefault(NO_TELEMETRY, "1");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = Pointers.text("gatun", arena);
      handle =
          api.create(
              "OrtEnv",
              "CreateEnv",
              out ->
                  OrtApi.CreateEnv.invoke(OrtApi.CreateEnv(api.table()), level.code(), name, out),
              env -> OrtApi.ReleaseEnv.invoke(OrtApi.ReleaseEnv(api.table()), env));
    }
    // Windows' libraries send usage data unless told not to in this way.
    api.check(
        "DisableTelemetryEvents",
        OrtApi.DisableTelemetryEvents.invoke(
            OrtApi.DisableTelemetryEvents(api.table()), handle.address()));
    cpu =
        api.create(
            "OrtMemoryInfo",
            "CreateCpuMemoryInfo",
            out ->
                OrtApi.CreateCpuMemoryInfo.invoke(
                    OrtApi.CreateCpuMemoryInfo(api.table()),
                    ort_h.OrtDeviceAllocator(),
                    ort_h.OrtMemTypeDefault(),
                    out),
            info -> OrtApi.ReleaseMemoryInfo.invoke(OrtApi.ReleaseMemoryInfo(api.table()), info));
  }

  MemorySegment cpu() {
    return cpu.address();
  }

  Api api() {
    return api;
  }

  MemorySegment address() {
    return handle.address();
  }

  /**
   * Makes the execution providers of a plug-in library known; their devices are then among {@link
   * #devices}. The library stays registered until {@link #unregister} or the last environment is
   * closed.
   *
   * @param name what it is registered as
   */
  public void register(String name, Path library) {
    try (Arena arena = Arena.ofConfined()) {
      api.check(
          "RegisterExecutionProviderLibrary",
          OrtApi.RegisterExecutionProviderLibrary.invoke(
              OrtApi.RegisterExecutionProviderLibrary(api.table()),
              address(),
              Pointers.text(name, arena),
              Api.path(library, arena)));
    }
  }

  /** Forgets a plug-in library, of which no session may be open. */
  public void unregister(String name) {
    try (Arena arena = Arena.ofConfined()) {
      api.check(
          "UnregisterExecutionProviderLibrary",
          OrtApi.UnregisterExecutionProviderLibrary.invoke(
              OrtApi.UnregisterExecutionProviderLibrary(api.table()),
              address(),
              Pointers.text(name, arena)));
    }
  }

  /** The devices of all execution providers that are built in or registered. */
  public List<EpDevice> devices() {
    return api
        .list(
            "GetEpDevices",
            (array, count) ->
                OrtApi.GetEpDevices.invoke(
                    OrtApi.GetEpDevices(api.table()), address(), array, count))
        .stream()
        .map(device -> EpDevice.of(api, device))
        .toList();
  }

  /** New options for sessions, with the library's defaults. */
  public OrtOptions options() {
    return new OrtOptions(this);
  }

  /**
   * A session of a model in memory, which is read before this returns unless the options tell the
   * library to use it where it lies.
   *
   * @param model the bytes of an ONNX file without external data, or of a model in the library's
   *     own format
   */
  public OrtSession session(MemorySegment model, OrtOptions options) {
    return new OrtSession(
        this,
        "CreateSessionFromArray",
        out ->
            OrtApi.CreateSessionFromArray.invoke(
                OrtApi.CreateSessionFromArray(api.table()),
                address(),
                model,
                model.byteSize(),
                options.address(),
                out));
  }

  /** A session of a model's file; external data are found beside it. */
  public OrtSession session(Path model, OrtOptions options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = Api.path(model, arena);
      return new OrtSession(
          this,
          "CreateSession",
          out ->
              OrtApi.CreateSession.invoke(
                  OrtApi.CreateSession(api.table()), address(), path, options.address(), out));
    }
  }

  /** Options of one run. */
  public OrtRunOptions runOptions() {
    return new OrtRunOptions(api);
  }

  /** A view of memory as a value; see {@link OrtTensor}. */
  public OrtTensor tensor(dev.gatun.tensor.DType dtype, long[] dims, MemorySegment memory) {
    return OrtTensor.of(api, cpu(), dtype, dims, memory);
  }

  /** Idempotent. */
  @Override
  public void close() {
    cpu.close();
    handle.close();
  }

  /** An array of pointers. */
  static MemorySegment pointers(List<MemorySegment> values, Arena arena) {
    MemorySegment array = arena.allocate(ValueLayout.ADDRESS, Math.max(1, values.size()));
    for (int i = 0; i < values.size(); i++) {
      array.setAtIndex(ValueLayout.ADDRESS, i, values.get(i));
    }
    return array;
  }
}
