package dev.gatun.qnn;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.LoadedLibrary;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Platform;
import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.QnnBackend_CreateFn_t;
import dev.gatun.qnn.generated.core.QnnBackend_FreeFn_t;
import dev.gatun.qnn.generated.core.QnnBackend_GetBuildIdFn_t;
import dev.gatun.qnn.generated.core.QnnInterface_t;
import dev.gatun.qnn.generated.core.QnnTable;
import dev.gatun.qnn.generated.core.Qnn_ApiVersion_t;
import dev.gatun.qnn.generated.core.Qnn_Version_t;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The library of one of QNN's backends (the NPU's, its recorder, …), loaded, with its function
 * table. Several may be loaded beside each other; none is unloaded. Thread-safe.
 */
public final class Qnn {
  /** The core API that the structures are declared for: another one may have longer ones. */
  public static final Version CORE = new Version(2, 40, 0);

  private static final FunctionDescriptor GET_PROVIDERS =
      FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS);

  private final LoadedLibrary library;
  private final MemorySegment provided;
  private final MemorySegment table;
  private final String provider;
  private final Version core;
  private final Version backend;
  private final LiveHandles handles = new LiveHandles();

  private Qnn(LoadedLibrary library, MemorySegment provided) {
    this(library, provided, provided.asSlice(QnnInterface_t.sizeof() - QnnTable.sizeof()));
  }

  private Qnn(LoadedLibrary library, MemorySegment provided, MemorySegment table) {
    this.library = library;
    this.provided = provided;
    this.table = table;
    provider = Pointers.text(QnnInterface_t.providerName(provided)).orElse("");
    MemorySegment versions = QnnInterface_t.apiVersion(provided);
    core = Version.of(Qnn_ApiVersion_t.coreApiVersion(versions));
    backend = Version.of(Qnn_ApiVersion_t.backendApiVersion(versions));
  }

  /** The same library with other functions, for tests. */
  Qnn with(MemorySegment functions) {
    return new Qnn(library, provided, functions);
  }

  /** A version of an interface. */
  public record Version(int major, int minor, int patch) {
    static Version of(MemorySegment version) {
      return new Version(
          Qnn_Version_t.major(version), Qnn_Version_t.minor(version), Qnn_Version_t.patch(version));
    }

    @Override
    public String toString() {
      return major + "." + minor + "." + patch;
    }
  }

  /**
   * What came of loading.
   *
   * @param qnn empty when no attempt succeeded
   * @param failures one sentence per failed attempt, in order
   */
  public record Lookup(Optional<Qnn> qnn, List<String> failures) {
    public Lookup {
      failures = List.copyOf(failures);
    }
  }

  /** Loads the first library that the search finds and that speaks {@link #CORE}. */
  public static Lookup load(LibrarySearch search) {
    if (Platform.current().equals("linux-x86_64")) {
      boolean _ = StandardOutput.silence();
    }
    List<Qnn> accepted = new ArrayList<>();
    LibrarySearch.Outcome outcome =
        search.load(loaded -> {
          try {
            Qnn qnn = provider(loaded);
            if (qnn.core.major() == CORE.major() && qnn.core.minor() == CORE.minor()) {
              if (Platform.current().equals("linux-aarch64")) {
                SkeletonPath.announce(loaded.file());
              }
              accepted.add(qnn);
              return Optional.empty();
            }
            return Optional.of(
                "it has core API %s, these bindings are made for %d.%d"
                    .formatted(qnn.core, CORE.major(), CORE.minor()));
          } catch (UnsatisfiedLinkError | NativeCallException e) {
            return Optional.of(e.getMessage());
          }
        });
    return new Lookup(
        accepted.stream().findFirst(),
        outcome.failures().stream().map(LibrarySearch.Failure::toString).toList());
  }

  private static Qnn provider(LoadedLibrary loaded) {
    MethodHandle getProviders =
        Linker.nativeLinker()
            .downcallHandle(loaded.function("QnnInterface_getProviders"), GET_PROVIDERS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      long code;
      try {
        code = (long) getProviders.invokeExact(list, count);
      } catch (Throwable e) {
        throw new IllegalStateException("QnnInterface_getProviders could not be called", e);
      }
      QnnStatus.check("QnnInterface_getProviders", code);
      if (count.get(ValueLayout.JAVA_INT, 0) < 1) {
        throw new NativeCallException("QNN", "QnnInterface_getProviders", 0, "no provider");
      }
      MemorySegment first = Pointers.read(Pointers.read(list), 0);
      return new Qnn(loaded, Pointers.view(first, QnnInterface_t.sizeof()));
    }
  }

  /** {@code HTP_QTI_AISW}, … */
  public String provider() {
    return provider;
  }

  public Version coreVersion() {
    return core;
  }

  public Version backendVersion() {
    return backend;
  }

  public String place() {
    return library.place();
  }

  /** What is open. */
  public LiveHandles handles() {
    return handles;
  }

  MemorySegment table() {
    return table;
  }

  /** Names the build: {@code v2.51.0.…}. */
  public String buildId() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocate(ValueLayout.ADDRESS);
      QnnStatus.check(
          "QnnBackend_getBuildId",
          QnnBackend_GetBuildIdFn_t.invoke(QnnTable.backendGetBuildId(table), id));
      return Pointers.text(Pointers.read(id)).orElse("");
    }
  }

  /** Opens the backend. What the library has to say of errors stands in exceptions from then on. */
  public QnnBackend open() {
    Messages messages = new Messages(this);
    boolean done = false;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      QnnStatus.check(
          "QnnBackend_create",
          QnnBackend_CreateFn_t.invoke(
              QnnTable.backendCreate(table), messages.handle(), MemorySegment.NULL, out),
          messages.take());
      NativeHandle backend =
          handles.own(
              "QnnBackend",
              Pointers.read(out),
              address ->
                  QnnStatus.check(
                      "QnnBackend_free",
                      QnnBackend_FreeFn_t.invoke(QnnTable.backendFree(table), address)));
      done = true;
      return new QnnBackend(this, messages, backend);
    } finally {
      if (!done) {
        messages.close();
      }
    }
  }
}
