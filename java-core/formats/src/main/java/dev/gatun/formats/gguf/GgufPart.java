package dev.gatun.formats.gguf;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * One file of a model: mapped, its header parsed and checked.
 *
 * @param data the whole file, read-only
 */
record GgufPart(
    Path path,
    Object fileKey,
    MemorySegment data,
    int version,
    int alignment,
    GgufMetadata metadata,
    List<TensorEntry> tensors) {

  /**
   * @param info the tensor without its data
   * @param part the file that holds it, counted from 0
   * @param offset first byte in that file
   * @param size bytes
   */
  record TensorEntry(TensorInfo info, int part, long offset, long size) {}

  /** Maps and parses a file; {@code part} is recorded in the entries. */
  static GgufPart open(Path path, int part, Arena arena) {
    String file = path.toString();
    Object key = null;
    MemorySegment data;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      key = fileKey(path);
      data = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (NoSuchFileException e) {
      throw new ModelFormatException(file, -1, "there is no such file; check the path", e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    return new HeaderParser(file, data, part).parse(path, key);
  }

  /**
   * Maps a range of the file anew, for a caller who wants to unmap it.
   *
   * @throws ModelFormatException when the file cannot be read or is no longer the one opened
   */
  MemorySegment remap(long offset, long size, Arena arena) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      Object key = fileKey(path);
      if (channel.size() != data.byteSize() || (key != null && !key.equals(fileKey))) {
        throw new ModelFormatException(
            path.toString(), -1, "was replaced while it was in use; open the model again");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, size, arena);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static ModelFormatException unreadable(Path path, IOException e) {
    String what =
        e instanceof ClosedByInterruptException
            ? "was not read to the end, because the thread was interrupted"
            : "cannot be read ("
                + GatunException.reason(e)
                + "); check that it is there, its permissions and the disk";
    return new ModelFormatException(path.toString(), -1, what, e);
  }

  private static Object fileKey(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }
}
