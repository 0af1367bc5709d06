package dev.gatun.onnxruntimebackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.onnxruntime.EpDevice;
import dev.gatun.onnxruntime.OnnxRuntime;
import dev.gatun.onnxruntime.OrtEnvironment;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.ArrayList;
import java.util.List;

/** The loaded library and its environment, one for all devices of a runtime. Thread-safe. */
final class Host implements AutoCloseable {
  /** Setting: what the library prints on standard error, {@code fatal} by default. */
  static final String LOG = "gatun.onnxruntime.log";

  private final OnnxRuntime runtime;
  private final OrtEnvironment environment;
  private final List<String> registered = new ArrayList<>();

  private Host(OnnxRuntime runtime, OrtEnvironment environment) {
    this.runtime = runtime;
    this.environment = environment;
  }

  /**
   * Loads the library, opens it, and registers the plug-ins that the user named.
   *
   * @throws BackendException with every attempt's failure
   */
  static Host open(ProbeContext context) {
    LibrarySearch.Outcome outcome = RuntimeSearch.of(context).load(OnnxRuntime::refusal);
    OnnxRuntime runtime =
        OnnxRuntime.of(
            outcome
                .library()
                .orElseThrow(
                    () -> new BackendException("no ONNX Runtime loads: " + outcome.explanation())));
    var host = new Host(runtime, environment(runtime, level(context)));
    try {
      for (PlugIn plugIn : PlugIn.of(context)) {
        host.register(plugIn);
      }
    } catch (RuntimeException e) {
      host.close();
      throw e;
    }
    return host;
  }

  private static OrtEnvironment environment(OnnxRuntime runtime, OnnxRuntime.LogLevel level) {
    try {
      return runtime.environment(level);
    } catch (NativeCallException e) {
      // Copies of the library share what exists once per process, and fail each other.
      throw new BackendException(
          runtime.library().file()
              + ": "
              + e.getMessage()
              + OtherCopies.of(runtime.library().file())
                  .map(other -> "; this process has loaded another copy: " + other)
                  .orElse(""),
          e);
    }
  }

  private static OnnxRuntime.LogLevel level(ProbeContext context) {
    String level = context.property(LOG).orElse("fatal");
    for (OnnxRuntime.LogLevel known : OnnxRuntime.LogLevel.values()) {
      if (known.name().equalsIgnoreCase(level)) {
        return known;
      }
    }
    throw new BackendException(
        "%s is '%s'; it takes verbose, info, warning, error or fatal".formatted(LOG, level));
  }

  private void register(PlugIn plugIn) {
    try {
      environment.register(plugIn.name(), plugIn.library());
      registered.add(plugIn.name());
    } catch (NativeCallException e) {
      throw new BackendException(
          "the execution provider %s of %s cannot be used: %s"
              .formatted(plugIn.name(), plugIn.library(), e.getMessage()),
          e);
    }
  }

  OnnxRuntime runtime() {
    return runtime;
  }

  OrtEnvironment environment() {
    return environment;
  }

  List<EpDevice> devices() {
    return environment.devices();
  }

  /** After everything that was made from it. */
  @Override
  public void close() {
    registered.forEach(environment::unregister);
    registered.clear();
    environment.close();
  }
}
