package dev.gatun.formats.files;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/**
 * An {@link AtomicFile} of sections, of which a killed process leaves those that were complete: a
 * journal beside it has the size and checksum of each. The next process that writes the same
 * content goes on behind them. Failing with an exception leaves nothing. Used by one thread.
 */
public final class SectionedFile implements AutoCloseable {
  private static final int ENTRY = 2 * Long.BYTES;

  private final AtomicFile file;
  private final Path journalPath;
  private final FileChannel journal;
  private final CRC32 checksum = new CRC32();
  private long end;
  private int sections;

  /**
   * Opens what is there, or begins anew. What is left of other contents of the same target goes.
   *
   * @param id the same for the same content only; a part of a file name
   * @throws IOException when there is no such folder, it cannot be written, or somebody else is
   *     writing the same
   */
  public SectionedFile(Path target, String id) throws IOException {
    Path temporary = AtomicFile.temporary(target, id);
    removeOthers(target, temporary);
    this.journalPath = temporary.resolveSibling(temporary.getFileName() + ".journal");
    this.file = AtomicFile.continued(target, id);
    try {
      this.journal =
          FileChannel.open(
              journalPath,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static void removeOthers(Path target, Path mine) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    String glob = "." + target.getFileName() + ".*.partial*";
    if (!Files.isDirectory(folder) || glob.matches(".*[\\[\\]{}?\\\\].*")) {
      return;
    }
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, glob)) {
      for (Path path : left) {
        if (!path.getFileName().toString().startsWith(mine.getFileName().toString())
            && !inUse(path)) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  private static boolean inUse(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      return !AtomicFile.lock(channel);
    }
  }

  /**
   * Whether the next section is there already, whole; then it counts as written. The first that is
   * not there ends this.
   *
   * @param size bytes of the section
   */
  public boolean has(long size) throws IOException {
    ByteBuffer entry = ByteBuffer.allocate(ENTRY);
    boolean there =
        journal.read(entry, (long) sections * ENTRY) == ENTRY
            && entry.getLong(0) == size
            && entry.getLong(Long.BYTES) == file.checksum(end, size);
    if (there) {
      end += size;
      sections++;
    } else {
      journal.truncate((long) sections * ENTRY);
      file.cut(end);
    }
    return there;
  }

  /**
   * Appends to the section.
   *
   * @param bytes native memory or a byte array
   */
  public void write(MemorySegment bytes) throws IOException {
    write(bytes.asByteBuffer());
  }

  /** Appends to the section. */
  public void write(ByteBuffer bytes) throws IOException {
    checksum.update(bytes.duplicate());
    file.write(bytes);
  }

  /** Appends zeros up to a multiple of {@code alignment} of the file. */
  public void pad(int alignment) throws IOException {
    write(ByteBuffer.allocate((int) Math.floorMod(-size(), (long) alignment)));
  }

  /** Bytes written so far. */
  public long size() throws IOException {
    return file.size();
  }

  /** Ends the section: from now on it survives. */
  public void endSection() throws IOException {
    long size = file.size() - end;
    ByteBuffer entry = ByteBuffer.allocate(ENTRY);
    entry.putLong(size).putLong(checksum.getValue()).flip();
    checksum.reset();
    journal.write(entry, (long) sections * ENTRY);
    end += size;
    sections++;
  }

  /**
   * Gives the file its name, replacing a file of that name. The content is not forced to the disk:
   * it can be large, and made again; a loss of power within the next seconds may take it.
   */
  public void commit() throws IOException {
    file.end();
    file.commit();
  }

  /** Removes what is there unless it was committed. */
  @Override
  public void close() throws IOException {
    journal.close();
    Files.deleteIfExists(journalPath);
    file.close();
  }
}
