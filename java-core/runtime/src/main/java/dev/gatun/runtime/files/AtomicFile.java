package dev.gatun.runtime.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Small files that are there as a whole or not at all, whatever happens to the process. */
public final class AtomicFile {
  private static final String SUFFIX = ".tmp";

  private AtomicFile() {}

  /** Writes, flushes to the device, and renames into place. */
  public static void write(Path target, byte[] content) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path temporary = folder.resolve("." + UUID.randomUUID() + SUFFIX);
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Renames within one file system, replacing the target, and makes the new name durable. */
  public static void move(Path source, Path target) throws IOException {
    try {
      Files.move(
          source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(source, target, StandardCopyOption.REPLACE_EXISTING);
    }
    forceFolder(target.toAbsolutePath().getParent());
  }

  /**
   * Reads a small file.
   *
   * @return empty when there is none, or when it is larger than {@code limit}, which a file of ours
   *     never is
   */
  public static Optional<byte[]> read(Path file, int limit) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > limit) {
      return Optional.empty();
    }
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(limit + 1);
      return content.length > limit ? Optional.empty() : Optional.of(content);
    }
  }

  /** Whether a name is that of an unfinished {@link #write}. */
  public static boolean isTemporary(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") && name.endsWith(SUFFIX);
  }

  private static void forceFolder(Path folder) throws IOException {
    // Windows opens no folders as files; its renames are journalled.
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows")) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
