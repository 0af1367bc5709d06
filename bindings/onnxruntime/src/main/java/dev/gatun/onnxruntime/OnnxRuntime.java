package dev.gatun.onnxruntime;

import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.LoadedLibrary;
import dev.gatun.ffi.Pointers;
import dev.gatun.onnxruntime.generated.ort.OrtApiBase;
import dev.gatun.onnxruntime.generated.ort.ort_h;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** A loaded library. Thread-safe; never unloaded. */
public final class OnnxRuntime {
  /** The version of the C API that these bindings speak; every later library has it. */
  public static final int API_VERSION = ort_h.ORT_API_VERSION();

  private static final String ENTRY = "OrtGetApiBase";

  private final Api api;
  private final String version;
  private final LoadedLibrary library;

  private OnnxRuntime(Api api, String version, LoadedLibrary library) {
    this.api = api;
    this.version = version;
    this.library = library;
  }

  /** Why a library cannot be used; empty when {@link #of} takes it. */
  public static Optional<String> refusal(LoadedLibrary library) {
    if (library.symbols().find(ENTRY).isEmpty()) {
      return Optional.of("it is not ONNX Runtime: it has no " + ENTRY);
    }
    MemorySegment base = base(library);
    return api(base).address() == 0
        ? Optional.of(
            "it is ONNX Runtime %s, whose API is older than version %d; take 1.%d or later"
                .formatted(version(base), API_VERSION, API_VERSION))
        : Optional.empty();
  }

  /**
   * The runtime in a loaded library.
   *
   * @throws UnsatisfiedLinkError for the reason of {@link #refusal}
   */
  public static OnnxRuntime of(LoadedLibrary library) {
    Optional<String> refusal = refusal(library);
    if (refusal.isPresent()) {
      throw new UnsatisfiedLinkError(library.place() + ": " + refusal.get());
    }
    MemorySegment base = base(library);
    return new OnnxRuntime(new Api(api(base)), version(base), library);
  }

  private static MemorySegment base(LoadedLibrary library) {
    var entry =
        Linker.nativeLinker()
            .downcallHandle(library.function(ENTRY), FunctionDescriptor.of(ValueLayout.ADDRESS));
    try {
      return Pointers.view((MemorySegment) entry.invokeExact(), OrtApiBase.sizeof());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws nothing checked", e);
    }
  }

  private static MemorySegment api(MemorySegment base) {
    // Where there is no such version, the library says so on standard error, too.
    return OrtApiBase.GetApi.invoke(OrtApiBase.GetApi(base), API_VERSION);
  }

  private static String version(MemorySegment base) {
    MemorySegment text = OrtApiBase.GetVersionString.invoke(OrtApiBase.GetVersionString(base));
    return Pointers.text(text).orElse("of unknown version");
  }

  /** {@code 1.29.0}. */
  public String version() {
    return version;
  }

  public LoadedLibrary library() {
    return library;
  }

  /** What was created and not yet closed. */
  public LiveHandles live() {
    return api.live();
  }

  /**
   * Opens the environment. The library has one of them: a second one shares the first one's
   * settings and registered libraries.
   *
   * @param level what the library prints on standard error
   */
  public OrtEnvironment environment(LogLevel level) {
    return new OrtEnvironment(api, level);
  }

  /** How much the library prints, from everything to nothing but its end. */
  public enum LogLevel {
    VERBOSE(ort_h.ORT_LOGGING_LEVEL_VERBOSE()),
    INFO(ort_h.ORT_LOGGING_LEVEL_INFO()),
    WARNING(ort_h.ORT_LOGGING_LEVEL_WARNING()),
    ERROR(ort_h.ORT_LOGGING_LEVEL_ERROR()),
    FATAL(ort_h.ORT_LOGGING_LEVEL_FATAL());

    private final int code;

    LogLevel(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }
}
