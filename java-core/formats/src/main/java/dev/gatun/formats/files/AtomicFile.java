package dev.gatun.formats.files;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

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
    this.target = target;
    this.temporary =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".partial");
    Path folder = target.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new IOException("there is no folder " + folder);
    }
    this.channel =
        FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
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
