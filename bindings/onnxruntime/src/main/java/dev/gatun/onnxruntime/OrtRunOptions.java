package dev.gatun.onnxruntime;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.onnxruntime.generated.ort.OrtApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Options of runs, and the way to stop them. Thread-safe but for {@link #close}. */
public final class OrtRunOptions implements AutoCloseable {
  private final Api api;
  private final NativeHandle handle;

  OrtRunOptions(Api api) {
    this.api = api;
    handle =
        api.create(
            "OrtRunOptions",
            "CreateRunOptions",
            out -> OrtApi.CreateRunOptions.invoke(OrtApi.CreateRunOptions(api.table()), out),
            options ->
                OrtApi.ReleaseRunOptions.invoke(OrtApi.ReleaseRunOptions(api.table()), options));
  }

  MemorySegment address() {
    return handle.address();
  }

  /** A setting of {@code onnxruntime_run_options_config_keys.h}. */
  public OrtRunOptions entry(String key, String value) {
    try (Arena arena = Arena.ofConfined()) {
      api.check(
          "AddRunConfigEntry",
          OrtApi.AddRunConfigEntry.invoke(
              OrtApi.AddRunConfigEntry(api.table()),
              address(),
              Pointers.text(key, arena),
              Pointers.text(value, arena)));
    }
    return this;
  }

  /** Makes runs with these options, from now on and those that go on now, fail soon. */
  public void terminate() {
    api.check(
        "RunOptionsSetTerminate",
        OrtApi.RunOptionsSetTerminate.invoke(
            OrtApi.RunOptionsSetTerminate(api.table()), address()));
  }

  /** Takes {@link #terminate} back. */
  public void resume() {
    api.check(
        "RunOptionsUnsetTerminate",
        OrtApi.RunOptionsUnsetTerminate.invoke(
            OrtApi.RunOptionsUnsetTerminate(api.table()), address()));
  }

  /** Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
