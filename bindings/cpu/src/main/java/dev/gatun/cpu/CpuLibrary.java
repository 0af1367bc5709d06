package dev.gatun.cpu;

import dev.gatun.cpu.generated.kernels.kernels_h;
import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.LoadedLibrary;
import dev.gatun.ffi.PackagedFiles;
import dev.gatun.ffi.Platform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The loaded library. Loaded once per class loader, and never unloaded. */
public final class CpuLibrary {
  /** Setting: path of the library, instead of the packaged one. */
  public static final String PROPERTY = "gatun.cpu.library";

  static final String NAME = "gatun_cpu";

  private final String place;

  private CpuLibrary(String place) {
    this.place = place;
  }

  /**
   * The outcome of looking for the library.
   *
   * @param library empty when no attempt succeeded
   * @param failures one sentence per failed attempt, in order
   */
  public record Lookup(Optional<CpuLibrary> library, List<String> failures) {
    public Lookup {
      failures = List.copyOf(failures);
    }
  }

  /**
   * Loads the library.
   *
   * @param settings values of settings by name: {@link #PROPERTY}, {@link
   *     LibrarySearch#NATIVE_FOLDER}
   * @param home folder of Gatun's files, where a packaged library is unpacked
   */
  public static Lookup load(Function<String, Optional<String>> settings, Path home) {
    LibrarySearch.Outcome outcome = search(settings, home).loadFor(System::load);
    var failures = new ArrayList<String>();
    outcome.failures().forEach(failure -> failures.add(failure.toString()));
    if (outcome.library().isEmpty()) {
      return new Lookup(Optional.empty(), failures);
    }
    LoadedLibrary loaded = outcome.library().get();
    Optional<String> mismatch = mismatch();
    if (mismatch.isPresent()) {
      // No further attempt: the first library that has a function stays the one that is called.
      failures.add(loaded.place() + ": " + mismatch.get());
      return new Lookup(Optional.empty(), failures);
    }
    return new Lookup(Optional.of(new CpuLibrary(loaded.file().toString())), failures);
  }

  /**
   * Identity of all that {@link #load} may load: places, sizes, times. Loads nothing.
   *
   * @param settings as in {@link #load}
   * @param home as in {@link #load}
   */
  public static String digest(Function<String, Optional<String>> settings, Path home) {
    return search(settings, home).digest();
  }

  private static LibrarySearch search(Function<String, Optional<String>> settings, Path home) {
    String name = System.mapLibraryName(NAME);
    return new LibrarySearch("Gatun's kernels")
        .explicit(PROPERTY, settings.apply(PROPERTY))
        .unpacked(settings.apply(LibrarySearch.NATIVE_FOLDER), name)
        .packaged(
            new PackagedFiles(CpuLibrary.class, "native/" + Platform.current(), List.of(name)),
            home)
        .system(name);
  }

  /** Why the loaded library is not the one that this version of Gatun calls. */
  private static Optional<String> mismatch() {
    int abi;
    try {
      abi = kernels_h.gatun_cpu_abi();
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      return Optional.of("it is not Gatun's: it has no gatun_cpu_abi");
    }
    return abi == kernels_h.GATUN_CPU_ABI()
        ? Optional.empty()
        : Optional.of(
            "its ABI is %d, this version of Gatun needs %d"
                .formatted(abi, kernels_h.GATUN_CPU_ABI()));
  }

  /** Where it was found. */
  public String place() {
    return place;
  }

  /** What library, processor and operating system have, narrowest first. */
  public List<InstructionSet> supported() {
    return Arrays.stream(InstructionSet.values())
        .filter(set -> kernels_h.gatun_cpu_supports(set.code()) == 1)
        .toList();
  }

  /**
   * The kernels for one instruction set.
   *
   * @throws IllegalArgumentException when it is not {@link #supported}
   */
  public CpuKernels kernels(InstructionSet set) {
    if (!supported().contains(set)) {
      throw new IllegalArgumentException(set.id() + " is not supported here");
    }
    return new CpuKernels(set);
  }
}
