package dev.gatun.runtime.fetch;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a download needs of a file system; tests put a small disk in its place. */
public interface Disk {
  /** The real one. */
  static Disk real() {
    return new Disk() {
      @Override
      public long usable(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
      }

      @Override
      public SeekableByteChannel open(Path file) throws IOException {
        return Files.newByteChannel(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      }
    };
  }

  /** Bytes that can still be written to a folder. */
  long usable(Path folder) throws IOException;

  /** Opens for reading and writing, made when missing. */
  SeekableByteChannel open(Path file) throws IOException;
}
