package dev.gatun.runtime.fetch;

import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A file that is arriving: what is there of it survives a killed process and is continued. Its
 * digest is computed on the way. Beside it lies a small file with the origin's validator (an HTTP
 * entity tag), by which a later run knows that it continues the same file. One writer at a time.
 */
public final class PartialFile implements AutoCloseable {
  private static final int BUFFER = 1 << 20;
  private static final int LONGEST_VALIDATOR = 4096;

  private final Path path;
  private final Disk disk;
  private final SeekableByteChannel channel;
  private MessageDigest digest = Digests.sha256();
  private long size;

  private PartialFile(Path path, Disk disk, SeekableByteChannel channel) {
    this.path = path;
    this.disk = disk;
    this.channel = channel;
  }

  /** Opens what is there, or starts an empty one. */
  public static PartialFile open(Path path, Disk disk) throws IOException {
    Files.createDirectories(path.getParent());
    SeekableByteChannel channel = disk.open(path);
    PartialFile file = new PartialFile(path, disk, channel);
    try {
      file.digestExisting();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return file;
  }

  private void digestExisting() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    channel.position(0);
    while (channel.read(buffer) >= 0) {
      buffer.flip();
      size += buffer.remaining();
      digest.update(buffer);
      buffer.clear();
    }
  }

  public Path path() {
    return path;
  }

  /** Bytes that have arrived. */
  public long size() {
    return size;
  }

  /** What identifies the origin's file. */
  public Optional<String> validator() throws IOException {
    return AtomicFile.read(validatorFile(path), LONGEST_VALIDATOR)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .filter(text -> !text.isBlank());
  }

  /** Forgets what has arrived. */
  public void restart() throws IOException {
    channel.truncate(0);
    channel.position(0);
    size = 0;
    digest = Digests.sha256();
    Files.deleteIfExists(validatorFile(path));
  }

  public void setValidator(String validator) throws IOException {
    if (validator.length() < LONGEST_VALIDATOR / 4) {
      AtomicFile.write(validatorFile(path), validator.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Checks that so many more bytes have room.
   *
   * @throws DiskFullException when they have not
   */
  public void requireRoom(long bytes) throws IOException {
    long usable = disk.usable(path.getParent());
    if (bytes > usable) {
      throw DiskFullException.of(path.getParent(), bytes, usable, null);
    }
  }

  /**
   * Appends.
   *
   * @param expected bytes that are still to come, these included; negative when unknown
   * @throws DiskFullException when there is no room; what was there stays
   */
  public void append(byte[] bytes, int length, long expected) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    long start = size;
    try {
      channel.position(start);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      if (DiskFullException.means(e)) {
        channel.truncate(start);
        throw DiskFullException.of(path.getParent(), expected, disk.usable(path.getParent()), e);
      }
      throw e;
    }
    digest.update(bytes, 0, length);
    size += length;
  }

  /** Makes all durable and returns the SHA-256; nothing may be appended afterwards. */
  public String finish() throws IOException {
    if (channel instanceof FileChannel file) {
      file.force(true);
    }
    return Digests.hex(digest.digest());
  }

  /** Keeps the file. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Deletes a closed partial file and what lies beside it. */
  public static void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
    Files.deleteIfExists(validatorFile(path));
  }

  /** The file beside {@code path} that holds the validator. */
  public static Path validatorFile(Path path) {
    return path.resolveSibling(path.getFileName() + ".validator");
  }
}
