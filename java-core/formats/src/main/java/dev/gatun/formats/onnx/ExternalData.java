package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Files beside a model that hold its large tensors. They must lie in the model's folder. */
final class ExternalData {
  private final Path model;
  private final Arena arena;
  private final Map<Path, MemorySegment> mapped = new HashMap<>();

  ExternalData(Path model, Arena arena) {
    this.model = model;
    this.arena = arena;
  }

  /**
   * Bytes of a file.
   *
   * @param location its path relative to the model's folder
   * @param offset first byte
   * @param length bytes; negative for all that follow
   * @param at where the model says so
   */
  MemorySegment read(String location, long offset, long length, long at) {
    MemorySegment file = map(location, at);
    long size = length < 0 ? file.byteSize() - offset : length;
    if (offset < 0 || size < 0 || offset > file.byteSize() - size) {
      throw bad(
          at,
          "wants %d bytes from %d of '%s', which has %d; the two files do not belong together"
              .formatted(length, offset, location, file.byteSize()),
          null);
    }
    return file.asSlice(offset, size);
  }

  /** The files that were read. */
  List<Path> files() {
    return mapped.keySet().stream().sorted().toList();
  }

  private MemorySegment map(String location, long at) {
    try {
      Path folder = model.toAbsolutePath().getParent().toRealPath();
      Path relative = Path.of(location);
      Path real = folder.resolve(relative);
      if (relative.isAbsolute() || !real.normalize().startsWith(folder)) {
        throw outside(location, at);
      }
      if (!Files.isRegularFile(real)) {
        throw bad(
            at,
            "keeps tensors in '%s', which is not there; put it beside the model"
                .formatted(location),
            null);
      }
      real = real.toRealPath();
      if (!real.startsWith(folder)) {
        throw outside(location, at);
      }
      MemorySegment known = mapped.get(real);
      if (known == null) {
        try (FileChannel channel = FileChannel.open(real, StandardOpenOption.READ)) {
          known = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
        mapped.put(real, known);
      }
      return known;
    } catch (IOException | InvalidPathException e) {
      throw bad(at, "keeps tensors in '%s', which cannot be read".formatted(location), e);
    }
  }

  private ModelFormatException outside(String location, long at) {
    return bad(
        at, "keeps tensors in '%s', outside its own folder: refused".formatted(location), null);
  }

  private ModelFormatException bad(long at, String what, Throwable cause) {
    return new ModelFormatException(model.toString(), at, what, cause);
  }
}
