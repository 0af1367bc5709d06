package dev.gatun.formats;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.graph.ModelSource;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Opens model files of any supported format. */
public final class ModelFiles {
  private ModelFiles() {}

  /**
   * Opens a model after a look at its first bytes; the file's name plays no part. GGUF is
   * supported.
   *
   * @return the model; the caller closes it
   * @throws ModelFormatException when there is no such file, or it is not a supported model; the
   *     message says what it looks like instead and what to do
   */
  public static ModelSource open(Path path) {
    requireGguf(path, path.toString());
    return GgufFile.open(path, Objects.toString(path.getFileName(), path.toString()));
  }

  /**
   * Opens a model whose files have names that mean nothing, as in a store.
   *
   * @param files its parts in order, at least one
   * @param name what messages about the model call it
   * @throws ModelFormatException as {@link #open(Path)}
   */
  public static ModelSource open(List<Path> files, String name) {
    files.forEach(file -> requireGguf(file, name));
    return files.size() == 1
        ? GgufFile.open(files.getFirst(), name)
        : GgufFile.openParts(files, name);
  }

  private static void requireGguf(Path file, String name) {
    byte[] start = start(file);
    if (!FileKind.isGguf(start)) {
      throw new ModelFormatException(name, -1, FileKind.describe(start, size(file)));
    }
  }

  private static byte[] start(Path path) {
    String file = path.toString();
    if (Files.isDirectory(path)) {
      throw new ModelFormatException(
          file,
          -1,
          "is a folder; name a GGUF file (of a split model, any of its parts), or convert a folder of"
              + " Hugging Face's with `gatun convert`");
    }
    if (!Files.exists(path)) {
      throw new ModelFormatException(file, -1, "there is no such file; check the path");
    }
    if (!Files.isRegularFile(path)) {
      throw new ModelFormatException(
          file, -1, "is not a regular file and cannot be mapped; copy the model to a disk");
    }
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(FileKind.BYTES);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw unreadable(path.toString(), e);
    }
  }

  private static ModelFormatException unreadable(String file, IOException e) {
    return new ModelFormatException(
        file,
        -1,
        "cannot be read (" + GatunException.reason(e) + "); check its permissions and the disk",
        e);
  }
}
