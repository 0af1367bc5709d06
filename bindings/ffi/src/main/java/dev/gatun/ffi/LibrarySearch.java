package dev.gatun.ffi;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Looks for one library where it may be, in the order in which places are added, and remembers what
 * failed. A file that somebody named is the only attempt: another one would be a silent fallback.
 *
 * <pre>{@code
 * new LibrarySearch("ONNX Runtime")
 *     .explicit("gatun.onnxruntime.library", context.property("gatun.onnxruntime.library"))
 *     .unpacked(context.property(LibrarySearch.NATIVE_FOLDER), names.getFirst())
 *     .packaged(new PackagedFiles(Here.class, "ai/onnxruntime/native/linux-x64", names), home)
 *     .candidate("ORT_HOME", folder.resolve("lib/libonnxruntime.so"))
 *     .system("libonnxruntime.so.1", "libonnxruntime.so")
 *     .load();
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class LibrarySearch {
  /**
   * Setting: a folder that has a jar's libraries as files already, so that nothing is unpacked;
   * needed where no folder of the user's may hold programs.
   */
  public static final String NATIVE_FOLDER = "gatun.native.dir";

  private final String library;
  private final List<Place> places = new ArrayList<>();
  private boolean closed;

  /** One place. */
  private interface Place {
    String label();

    /** What is there, without loading it; empty for nothing. */
    Optional<String> stamp() throws IOException;

    Path file() throws IOException;
  }

  /** An attempt that failed: where, and why. */
  public record Failure(String place, String reason) {
    @Override
    public String toString() {
      return place + ": " + reason;
    }
  }

  /**
   * What came of a search.
   *
   * @param library empty when no attempt succeeded
   * @param failures the attempts before it that failed, in order
   */
  public record Outcome(Optional<LoadedLibrary> library, List<Failure> failures) {
    public Outcome {
      failures = List.copyOf(failures);
    }

    /** All failures in one sentence. */
    public String explanation() {
      return String.join("; ", failures.stream().map(Failure::toString).toList());
    }
  }

  /**
   * A search without places.
   *
   * @param library the library's name, for people
   */
  public LibrarySearch(String library) {
    this.library = library;
  }

  /**
   * A file that a setting names; when it is set, no other place counts.
   *
   * @param setting the setting's name
   */
  public LibrarySearch explicit(String setting, Optional<String> value) {
    value.ifPresent(name -> {
      add(setting + "=" + name, () -> Path.of(name).toAbsolutePath());
      closed = true;
    });
    return this;
  }

  /**
   * A file in the folder that {@link #NATIVE_FOLDER} names, if it names one.
   *
   * @param name file name, as the jar has it
   */
  public LibrarySearch unpacked(Optional<String> folder, String name) {
    folder.ifPresent(value -> candidate(NATIVE_FOLDER, Path.of(value).resolve(name)));
    return this;
  }

  /**
   * Files inside a jar.
   *
   * @param home folder of Gatun's files; they are unpacked under it when they are loaded, or, when
   *     it cannot be written, in a folder for this process alone
   */
  public LibrarySearch packaged(PackagedFiles files, Path home) {
    if (!closed) {
      places.add(
          new Place() {
            @Override
            public String label() {
              return files.toString();
            }

            @Override
            public Optional<String> stamp() throws IOException {
              return files.stamp();
            }

            @Override
            public Path file() throws IOException {
              return files.unpack(home.toAbsolutePath());
            }
          });
    }
    return this;
  }

  /**
   * A vendor's runtime inside the jar, if one is: where {@link #NATIVE_FOLDER} has its files,
   * those.
   *
   * @param folder what {@link #NATIVE_FOLDER} names
   * @param home as in {@link #packaged}
   */
  public LibrarySearch runtime(Optional<PackagedFiles> files, Optional<String> folder, Path home) {
    files.ifPresent(found -> {
      unpacked(folder, found.names().getFirst());
      packaged(found, home);
    });
    return this;
  }

  /**
   * A file that may be there.
   *
   * @param label whose it is, for people: {@code installed 1.29.0}, {@code ORT_HOME}
   */
  public LibrarySearch candidate(String label, Path file) {
    if (!closed) {
      add(label + " " + file, file::toAbsolutePath);
    }
    return this;
  }

  /**
   * The operating system's folders.
   *
   * @param names file names, versioned ones too, best first: {@code libcuda.so.1}
   */
  public LibrarySearch system(String... names) {
    if (!closed) {
      Optional<Path> found = SystemFolders.find(List.of(names));
      add(
          found.map(file -> "system " + file).orElse("system library path"),
          () -> found.orElseThrow(() -> new IOException("no " + String.join(", ", names))));
    }
    return this;
  }

  @FunctionalInterface
  private interface FileSource {
    Path get() throws IOException;
  }

  private void add(String label, FileSource source) {
    places.add(
        new Place() {
          @Override
          public String label() {
            return label;
          }

          @Override
          public Optional<String> stamp() {
            try {
              Path file = source.get();
              return Files.isRegularFile(file)
                  ? Optional.of(
                      "%s %d %s".formatted(file, Files.size(file), Files.getLastModifiedTime(file)))
                  : Optional.empty();
            } catch (IOException e) {
              return Optional.empty();
            }
          }

          @Override
          public Path file() throws IOException {
            return source.get();
          }
        });
  }

  /** The first place that has something, found without loading; empty for none. */
  public Optional<String> present() {
    return places.stream().filter(place -> !stamp(place).isEmpty()).map(Place::label).findFirst();
  }

  /** Everything that would be tried; for when {@link #present} finds nothing. */
  public List<String> tried() {
    return places.stream().map(Place::label).toList();
  }

  /** Identity of all that may be loaded: places, sizes, times. Loads nothing. */
  public String digest() {
    return String.join(
        "\n", places.stream().map(place -> place.label() + " " + stamp(place)).toList());
  }

  private static String stamp(Place place) {
    try {
      return place.stamp().orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  /** Loads the first library that loads; its symbols are in nobody else's way. */
  public Outcome load() {
    return load(accepted -> Optional.empty());
  }

  /**
   * Loads the first library that loads and suits.
   *
   * @param refusal why a loaded library is not to be used: the wrong version; empty to take it. It
   *     stays loaded, and the search goes on
   */
  public Outcome load(Function<LoadedLibrary, Optional<String>> refusal) {
    return search(LibrarySearch::open, refusal);
  }

  /**
   * Loads the first library that loads, for generated bindings that find functions through their
   * class loader. There is no going back from it: the first library that has a function stays the
   * one that is called.
   *
   * @param systemLoad {@code System::load} of a class beside the generated ones
   */
  public Outcome loadFor(Consumer<String> systemLoad) {
    return search(
        file -> {
          systemLoad.accept(file.toString());
          return open(file);
        },
        accepted -> Optional.empty());
  }

  private Outcome search(
      Function<Path, SymbolLookup> opening, Function<LoadedLibrary, Optional<String>> refusal) {
    var failures = new ArrayList<Failure>();
    for (Place place : places) {
      try {
        Path file = place.file();
        check(file);
        var loaded = new LoadedLibrary(library, place.label(), file, opening.apply(file));
        Optional<String> reason = refusal.apply(loaded);
        if (reason.isEmpty()) {
          return new Outcome(Optional.of(loaded), failures);
        }
        failures.add(new Failure(place.label(), reason.get()));
      } catch (UnsatisfiedLinkError e) {
        failures.add(new Failure(place.label(), LinkHints.explain(e.getMessage())));
      } catch (IOException e) {
        failures.add(new Failure(place.label(), e.getMessage()));
      }
    }
    return new Outcome(Optional.empty(), failures);
  }

  private static void check(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("it is a folder; name the library's file in it");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no such file");
    }
    if (Platform.os().equals("linux")) {
      ElfFile.check(file);
    }
  }

  private static SymbolLookup open(Path file) {
    bindUnwinder();
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      // It does not say why; this does.
      System.load(file.toString());
      return SymbolLookup.libraryLookup(file, Arena.global());
    }
  }

  /**
   * Loads the system's library that unwinds C++ exceptions, before any vendor's: its references to
   * its own functions are bound by whoever loads it first. Qualcomm's libraries bring another
   * unwinder along and need both, so that the system's would call theirs, with frames that it does
   * not know: the first exception in a library of another vendor would end the process.
   */
  private static void bindUnwinder() {
    if (Platform.os().equals("linux")) {
      try {
        var _ = SymbolLookup.libraryLookup("libgcc_s.so.1", Arena.global());
      } catch (IllegalArgumentException e) {
        // A system without it has no library that needs it.
      }
    }
  }
}
