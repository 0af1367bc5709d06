package dev.gatun.formats.safetensors;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;

/**
 * One file of a model: mapped, its header parsed and checked.
 *
 * @param data the whole file, read-only
 * @param metadata the strings under {@code __metadata__}
 */
record SafetensorsPart(
    Path path,
    Object fileKey,
    MemorySegment data,
    Map<String, String> metadata,
    List<Entry> tensors) {

  /**
   * @param info the tensor without its data
   * @param offset first byte in the file
   * @param size bytes
   */
  record Entry(TensorInfo info, long offset, long size) {}

  /** Maps and parses a file. */
  static SafetensorsPart open(Path path, Arena arena) {
    Object key;
    MemorySegment data;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      key = fileKey(path);
      data = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (NoSuchFileException e) {
      throw new ModelFormatException(
          path.toString(), -1, "there is no such file; check the path", e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    SafetensorsHeader header = SafetensorsHeader.parse(path.toString(), data);
    return new SafetensorsPart(path, key, data, header.metadata(), header.tensors());
  }

  /**
   * Maps a range of the file anew, for a caller who wants to unmap it.
   *
   * @throws ModelFormatException when the file cannot be read or is no longer the one opened
   */
  MemorySegment remap(long offset, long size, Arena arena) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      Object now = fileKey(path);
      if (channel.size() != data.byteSize() || (now != null && !now.equals(fileKey))) {
        throw new ModelFormatException(
            path.toString(), -1, "was replaced while it was in use; open the model again");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, size, arena);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static ModelFormatException unreadable(Path path, IOException e) {
    return new ModelFormatException(
        path.toString(),
        -1,
        "cannot be read ("
            + GatunException.reason(e)
            + "); check that it is there, its permissions and the disk",
        e);
  }

  private static Object fileKey(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }
}
