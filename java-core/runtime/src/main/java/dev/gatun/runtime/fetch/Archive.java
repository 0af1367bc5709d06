package dev.gatun.runtime.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The files in a package: a wheel or jar (zip), or an npm package (compressed tar). */
public interface Archive {
  /** Hears of the files in an archive. */
  interface Visitor {
    /** Whether to read a file. Nothing can be concluded from names: they are the archive's. */
    boolean wants(String name);

    /**
     * Reads a wanted file.
     *
     * @param size bytes that it says to have; {@code content} ends there or earlier
     */
    void read(String name, long size, InputStream content) throws IOException;
  }

  /**
   * Visits all files once, in the archive's order.
   *
   * @throws IOException when it is no such archive or is damaged
   */
  void visit(Visitor visitor) throws IOException;

  /** An archive by its name's ending: {@code .tgz} or {@code .tar.gz}, else zip. */
  static Archive of(Path file) {
    String name = file.toString();
    return name.endsWith(".tgz") || name.endsWith(".tar.gz")
        ? new TarGzArchive(file)
        : new ZipArchive(file);
  }
}
