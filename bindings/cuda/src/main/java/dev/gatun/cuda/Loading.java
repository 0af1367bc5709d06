package dev.gatun.cuda;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.LoadedLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What came of loading a library.
 *
 * @param library empty when no attempt succeeded
 * @param failures one sentence per failed attempt, in order
 */
public record Loading<T>(Optional<T> library, List<String> failures) {
  public Loading {
    failures = List.copyOf(failures);
  }

  /** Loads for generated bindings, then makes the facade, which may refuse with an exception. */
  static <T> Loading<T> of(LibrarySearch search, Function<LoadedLibrary, T> facade) {
    LibrarySearch.Outcome outcome = search.loadFor(System::load);
    var failures = new ArrayList<String>();
    outcome.failures().forEach(failure -> failures.add(failure.toString()));
    if (outcome.library().isEmpty()) {
      return new Loading<>(Optional.empty(), failures);
    }
    LoadedLibrary loaded = outcome.library().get();
    try {
      return new Loading<>(Optional.of(facade.apply(loaded)), failures);
    } catch (dev.gatun.ffi.NativeCallException e) {
      failures.add(loaded.place() + ": " + e.getMessage());
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      failures.add(loaded.place() + ": it lacks functions that its headers have");
    }
    return new Loading<>(Optional.empty(), failures);
  }
}
