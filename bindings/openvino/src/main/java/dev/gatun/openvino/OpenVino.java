package dev.gatun.openvino;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.LoadedLibrary;
import dev.gatun.ffi.Platform;
import dev.gatun.ffi.Pointers;
import dev.gatun.openvino.generated.c.c_h;
import dev.gatun.openvino.generated.c.ov_version;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The loaded library. Loaded once per class loader, and never unloaded. Thread-safe. */
public final class OpenVino {
  /** The version whose headers the bindings are made from. */
  public static final String VERSION = "2026.4.1";

  private static final Pattern BUILD = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");
  private static final int YEAR = 2026;
  private static final int RELEASE = 4;

  private final LoadedLibrary library;
  private final String build;
  private final LiveHandles handles = new LiveHandles();

  private OpenVino(LoadedLibrary library, String build) {
    this.library = library;
    this.build = build;
  }

  /**
   * What came of loading.
   *
   * @param openVino empty when no attempt succeeded
   * @param failures one sentence per failed attempt, in order
   */
  public record Lookup(Optional<OpenVino> openVino, List<String> failures) {
    public Lookup {
      failures = List.copyOf(failures);
    }
  }

  /** Loads the first library that the search finds, and checks its version. */
  public static Lookup load(LibrarySearch search) {
    LibrarySearch.Outcome outcome = search.loadFor(System::load);
    var failures = new ArrayList<String>();
    outcome.failures().forEach(failure -> failures.add(failure.toString()));
    if (outcome.library().isEmpty()) {
      return new Lookup(Optional.empty(), failures);
    }
    LoadedLibrary loaded = outcome.library().get();
    // No further attempt: the first library that has a function stays the one that is called.
    try {
      String build = build();
      Optional<String> mismatch = mismatch(build);
      if (mismatch.isEmpty()) {
        return new Lookup(Optional.of(new OpenVino(loaded, build)), failures);
      }
      failures.add(loaded.place() + ": " + mismatch.get());
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      failures.add(loaded.place() + ": it is not OpenVINO's C library: it lacks its functions");
    }
    return new Lookup(Optional.empty(), failures);
  }

  private static String build() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment version = ov_version.allocate(arena);
      Status.check("ov_get_openvino_version", c_h.ov_get_openvino_version(version));
      try {
        return Pointers.text(ov_version.buildNumber(version)).orElse("");
      } finally {
        c_h.ov_version_free(version);
      }
    }
  }

  /** Why a version is not one that these bindings call; its C interface may grow, not change. */
  static Optional<String> mismatch(String build) {
    Matcher matcher = BUILD.matcher(build);
    if (matcher.matches()) {
      int year = Integer.parseInt(matcher.group(1));
      int release = Integer.parseInt(matcher.group(2));
      if (year == YEAR && release >= RELEASE) {
        return Optional.empty();
      }
    }
    return Optional.of(
        "it is version %s, Gatun needs %s or a later one of %d".formatted(build, VERSION, YEAR));
  }

  /**
   * File name of the C library in a folder of OpenVINO's wheel of {@link #VERSION}, where its
   * siblings lie beside it.
   */
  public static String libraryName() {
    return switch (Platform.os()) {
      case "windows" -> "openvino_c.dll";
      case "macos" -> "libopenvino_c.2641.dylib";
      default -> "libopenvino_c.so.2641";
    };
  }

  /** Where it was found. */
  public String place() {
    return library.place();
  }

  /** The library's own version: {@code 2026.4.1-22982-e213a147257-releases/2026/4}. */
  public String version() {
    return build;
  }

  /** What this library has given and not got back. */
  public LiveHandles handles() {
    return handles;
  }

  /** A new core, which knows the devices; the caller closes it. */
  public Core newCore() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(c_h.C_POINTER);
      Status.check("ov_core_create", c_h.ov_core_create(holder));
      return new Core(handles, handles.own("core", Pointers.read(holder), c_h::ov_core_free));
    }
  }

  /**
   * A tensor over memory that the caller keeps alive until the tensor is closed and no request uses
   * it.
   */
  public NativeTensor tensor(ElementType type, long[] shape, MemorySegment memory) {
    return NativeTensor.over(handles, type, shape, memory);
  }
}
