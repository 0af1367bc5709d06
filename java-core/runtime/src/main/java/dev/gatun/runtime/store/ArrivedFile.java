package dev.gatun.runtime.store;

import java.nio.file.Path;

/**
 * A file of a model that is complete on this machine and not stored yet.
 *
 * @param name its own name, such as {@code tokenizer.json}
 * @param path where it lies now, under any name
 */
public record ArrivedFile(String name, Path path) {
  static ArrivedFile of(Path path) {
    return new ArrivedFile(path.getFileName().toString(), path);
  }
}
