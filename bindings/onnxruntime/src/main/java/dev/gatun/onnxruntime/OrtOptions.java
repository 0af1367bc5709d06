package dev.gatun.onnxruntime;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.onnxruntime.generated.ort.OrtApi;
import dev.gatun.onnxruntime.generated.ort.ort_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How sessions are made. Not thread-safe. A session keeps nothing of it: close it when the session
 * is there.
 */
public final class OrtOptions implements AutoCloseable {
  /** How far the library may rewrite a graph; each includes those before. */
  public enum Optimization {
    NONE(ort_h.ORT_DISABLE_ALL()),
    BASIC(ort_h.ORT_ENABLE_BASIC()),
    EXTENDED(ort_h.ORT_ENABLE_EXTENDED()),
    ALL(ort_h.ORT_ENABLE_ALL());

    private final int code;

    Optimization(int code) {
      this.code = code;
    }
  }

  /** Which devices the library prefers when it chooses execution providers by itself. */
  public enum Selection {
    DEFAULT(ort_h.OrtExecutionProviderDevicePolicy_DEFAULT()),
    PREFER_CPU(ort_h.OrtExecutionProviderDevicePolicy_PREFER_CPU()),
    PREFER_NPU(ort_h.OrtExecutionProviderDevicePolicy_PREFER_NPU()),
    PREFER_GPU(ort_h.OrtExecutionProviderDevicePolicy_PREFER_GPU()),
    MAX_PERFORMANCE(ort_h.OrtExecutionProviderDevicePolicy_MAX_PERFORMANCE()),
    MAX_EFFICIENCY(ort_h.OrtExecutionProviderDevicePolicy_MAX_EFFICIENCY()),
    MIN_OVERALL_POWER(ort_h.OrtExecutionProviderDevicePolicy_MIN_OVERALL_POWER());

    private final int code;

    Selection(int code) {
      this.code = code;
    }
  }

  private final OrtEnvironment environment;
  private final Api api;
  private final NativeHandle handle;

  OrtOptions(OrtEnvironment environment) {
    this.environment = environment;
    api = environment.api();
    handle =
        api.create(
            "OrtSessionOptions",
            "CreateSessionOptions",
            out ->
                OrtApi.CreateSessionOptions.invoke(OrtApi.CreateSessionOptions(api.table()), out),
            options ->
                OrtApi.ReleaseSessionOptions.invoke(
                    OrtApi.ReleaseSessionOptions(api.table()), options));
  }

  MemorySegment address() {
    return handle.address();
  }

  /** Threads that work on one node, the caller's included; 0 for one per core. */
  public OrtOptions threads(int count) {
    api.check(
        "SetIntraOpNumThreads",
        OrtApi.SetIntraOpNumThreads.invoke(
            OrtApi.SetIntraOpNumThreads(api.table()), address(), count));
    return this;
  }

  public OrtOptions optimization(Optimization level) {
    api.check(
        "SetSessionGraphOptimizationLevel",
        OrtApi.SetSessionGraphOptimizationLevel.invoke(
            OrtApi.SetSessionGraphOptimizationLevel(api.table()), address(), level.code));
    return this;
  }

  /** Whether the session keeps the memory of its intermediate values for the next run. */
  public OrtOptions arena(boolean on) {
    api.check(
        on ? "EnableCpuMemArena" : "DisableCpuMemArena",
        on
            ? OrtApi.EnableCpuMemArena.invoke(OrtApi.EnableCpuMemArena(api.table()), address())
            : OrtApi.DisableCpuMemArena.invoke(OrtApi.DisableCpuMemArena(api.table()), address()));
    return this;
  }

  /** Whether memory of a shape seen before is allocated in one piece. */
  public OrtOptions memoryPattern(boolean on) {
    api.check(
        on ? "EnableMemPattern" : "DisableMemPattern",
        on
            ? OrtApi.EnableMemPattern.invoke(OrtApi.EnableMemPattern(api.table()), address())
            : OrtApi.DisableMemPattern.invoke(OrtApi.DisableMemPattern(api.table()), address()));
    return this;
  }

  /** Whether results must be the same bits from run to run. */
  public OrtOptions deterministic(boolean on) {
    api.check(
        "SetDeterministicCompute",
        OrtApi.SetDeterministicCompute.invoke(
            OrtApi.SetDeterministicCompute(api.table()), address(), on));
    return this;
  }

  /**
   * Records every node of every run into a file.
   *
   * @param prefix the file's name without its end, which the library makes from the time; see
   *     {@link OrtSession#endProfiling}
   */
  public OrtOptions profile(Path prefix) {
    try (Arena arena = Arena.ofConfined()) {
      api.check(
          "EnableProfiling",
          OrtApi.EnableProfiling.invoke(
              OrtApi.EnableProfiling(api.table()), address(), Api.path(prefix, arena)));
    }
    return this;
  }

  /**
   * Writes the model as it is after optimization, when the session is made.
   *
   * @param file in ONNX's format, or in the library's own when the entry {@code
   *     session.save_model_format} is {@code ORT}
   */
  public OrtOptions saveOptimized(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      api.check(
          "SetOptimizedModelFilePath",
          OrtApi.SetOptimizedModelFilePath.invoke(
              OrtApi.SetOptimizedModelFilePath(api.table()), address(), Api.path(file, arena)));
    }
    return this;
  }

  /** A setting of {@code onnxruntime_session_options_config_keys.h}. */
  public OrtOptions entry(String key, String value) {
    try (Arena arena = Arena.ofConfined()) {
      api.check(
          "AddSessionConfigEntry",
          OrtApi.AddSessionConfigEntry.invoke(
              OrtApi.AddSessionConfigEntry(api.table()),
              address(),
              Pointers.text(key, arena),
              Pointers.text(value, arena)));
    }
    return this;
  }

  /** Fixes the size of a symbolic dimension. */
  public OrtOptions dimension(String symbol, long size) {
    try (Arena arena = Arena.ofConfined()) {
      api.check(
          "AddFreeDimensionOverrideByName",
          OrtApi.AddFreeDimensionOverrideByName.invoke(
              OrtApi.AddFreeDimensionOverrideByName(api.table()),
              address(),
              Pointers.text(symbol, arena),
              size));
    }
    return this;
  }

  /**
   * Gives nodes to an execution provider on these devices of it, before those that were added later
   * and the library's own for CPUs, which takes what no other takes.
   *
   * @param options the provider's own settings
   */
  public OrtOptions provider(List<EpDevice> devices, Map<String, String> options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment array =
          OrtEnvironment.pointers(devices.stream().map(EpDevice::address).toList(), arena);
      // A copy: keys and values in the same order.
      List<Map.Entry<String, String>> entries = List.copyOf(options.entrySet());
      List<String> keys = entries.stream().map(Map.Entry::getKey).toList();
      List<String> values = entries.stream().map(Map.Entry::getValue).toList();
      api.check(
          "SessionOptionsAppendExecutionProvider_V2",
          OrtApi.SessionOptionsAppendExecutionProvider_V2.invoke(
              OrtApi.SessionOptionsAppendExecutionProvider_V2(api.table()),
              address(),
              environment.address(),
              array,
              devices.size(),
              Api.texts(keys, keys.size(), arena),
              Api.texts(values, values.size(), arena),
              entries.size()));
    }
    return this;
  }

  /** Lets the library choose execution providers among all that are known. */
  public OrtOptions select(Selection policy) {
    api.check(
        "SessionOptionsSetEpSelectionPolicy",
        OrtApi.SessionOptionsSetEpSelectionPolicy.invoke(
            OrtApi.SessionOptionsSetEpSelectionPolicy(api.table()), address(), policy.code));
    return this;
  }

  /** Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
