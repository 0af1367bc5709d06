package dev.gatun.runtime.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A zip file: wheels and jars. */
record ZipArchive(Path file) implements Archive {
  @Override
  public void visit(Visitor visitor) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      List<? extends ZipEntry> entries = zip.stream().toList();
      for (ZipEntry entry : entries) {
        if (entry.isDirectory() || !visitor.wants(entry.getName())) {
          continue;
        }
        if (entry.getSize() < 0) {
          throw new FetchException(entry.getName() + " in the archive does not say how long it is");
        }
        try (InputStream in = zip.getInputStream(entry)) {
          visitor.read(entry.getName(), entry.getSize(), in);
        }
      }
    } catch (ZipException e) {
      throw new FetchException(
          file.getFileName() + " is not a sound zip file: " + e.getMessage(), e);
    }
  }
}
