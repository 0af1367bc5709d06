package dev.gatun.runtime.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model that is on this machine.
 *
 * @param name as the user wrote it
 * @param paths its files in order; at least one
 * @param stored its entry in the store; empty for a file outside it
 */
public record LocatedModel(String name, List<Path> paths, Optional<StoredModel> stored) {
  public LocatedModel {
    paths = List.copyOf(paths);
  }

  /** A file outside the store, named by its path. */
  public static LocatedModel file(Path path) {
    return new LocatedModel(path.toString(), List.of(path), Optional.empty());
  }

  /** The file to open: the first one. */
  public Path path() {
    return paths.getFirst();
  }

  /** The file of this name, such as {@code tokenizer.json}. */
  public Optional<Path> file(String name) {
    return paths.stream().filter(path -> path.endsWith(name)).findFirst();
  }

  /** SHA-256 of the content; empty for a file outside the store. */
  public Optional<String> digest() {
    return stored.map(StoredModel::digest);
  }
}
