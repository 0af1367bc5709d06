package dev.gatun.formats.files;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * A file that appears under its name only when it is complete: it is written beside it under a
 * temporary name, forced to the disk and renamed. Closing it before {@link #commit()} removes it.
 */
public final class AtomicFile implements AutoCloseable {
  private static final long CHUNK = 16 << 20;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private boolean committed;

  /**
   * Opens the temporary file.
   *
   * @throws IOException when there is no such folder, or it cannot be written
   */
  public AtomicFile(Path target) throws IOException {
    this(target, UUID.randomUUID().toString(), StandardOpenOption.CREATE_NEW);
  }

  private AtomicFile(Path target, String id, OpenOption create) throws IOException {
    this.target = target;
    this.temporary = temporary(target, id);
    Path folder = target.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new IOException("there is no folder " + folder);
    }
    this.channel =
        FileChannel.open(temporary, StandardOpenOption.READ, StandardOpenOption.WRITE, create);
    // Tells others that this is no leftover; ends with the channel.
    if (!lock(channel)) {
      channel.close();
      throw new IOException("somebody else is writing " + target);
    }
  }

  /** Locks a file until its channel is closed; whether nobody else has. */
  static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another thread of this process.
      return false;
    }
  }

  /**
   * Opens a temporary file that a killed process may have left, or a new one; what is in it stays.
   *
   * @param id the same for the same content only
   * @throws IOException as the constructor, or when somebody else is writing it
   */
  static AtomicFile continued(Path target, String id) throws IOException {
    return new AtomicFile(target, id, StandardOpenOption.CREATE);
  }

  /** Where a file is until it is complete. */
  static Path temporary(Path target, String id) {
    return target.resolveSibling("." + target.getFileName() + "." + id + ".partial");
  }

  /** The CRC-32 of some bytes; -1 when there are not as many. */
  long checksum(long from, long size) throws IOException {
    if (channel.size() < from + size) {
      return -1;
    }
    CRC32 crc = new CRC32();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(CHUNK, Math.max(1, size)));
    for (long at = from; at < from + size; at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), from + size - at));
      while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {}
      crc.update(buffer.flip());
    }
    return crc.getValue();
  }

  /** Forgets what is behind this many bytes; the next write appends to them. */
  void cut(long size) throws IOException {
    channel.truncate(size);
    channel.position(size);
  }

  /** Bytes written so far. */
  public long size() throws IOException {
    return channel.position();
  }

  /** Appends what the buffer has left. */
  public void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Appends a segment. */
  public void write(MemorySegment bytes) throws IOException {
    for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
      MemorySegment chunk = bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at));
      // Of heap segments only those over a byte array can be seen as a buffer.
      write(
          chunk.isNative()
              ? chunk.asByteBuffer()
              : ByteBuffer.wrap(chunk.toArray(ValueLayout.JAVA_BYTE)));
    }
  }

  /** Appends zeros up to a multiple of {@code alignment}. */
  public void pad(int alignment) throws IOException {
    write(ByteBuffer.allocate((int) Math.floorMod(-size(), (long) alignment)));
  }

  /** Forces the content to the disk; the file still has its temporary name. */
  public void finish() throws IOException {
    channel.force(true);
    channel.close();
  }

  /** Ends writing; the system brings the content to the disk when it sees fit. */
  void end() throws IOException {
    channel.close();
  }

  /** Gives the file its name, replacing a file of that name. */
  public void commit() throws IOException {
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    committed = true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      Files.deleteIfExists(temporary);
    }
  }
}
