package dev.gatun.runtime.install;

import dev.gatun.runtime.fetch.Archive;
import dev.gatun.runtime.fetch.Disk;
import dev.gatun.runtime.fetch.FetchException;
import dev.gatun.runtime.fetch.Sizes;
import dev.gatun.runtime.install.InstalledRuntime.InstalledFile;
import dev.gatun.runtime.spi.RuntimeRequirement.Part;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Unpacks members of archives side by side into one folder. Names in an archive choose nothing but
 * the last part of a file's name, so that nothing leaves the folder; an archive that says less than
 * it holds is refused.
 */
final class Unpacker {
  private static final int BUFFER = 1 << 16;
  private static final long LARGEST = 16L << 30;

  private final Path folder;
  private final Disk disk;
  private final Map<String, InstalledFile> files = new LinkedHashMap<>();
  private long total;

  Unpacker(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** What was unpacked so far. */
  List<InstalledFile> files() {
    return List.copyOf(files.values());
  }

  /**
   * Unpacks the members of a part.
   *
   * @throws FetchException when a pattern matches nothing, or the archive is not sound
   */
  void unpack(Path archive, Part part) throws IOException {
    Map<String, PathMatcher> unmatched = new LinkedHashMap<>();
    for (String pattern : part.members()) {
      unmatched.put(pattern, FileSystems.getDefault().getPathMatcher("glob:" + pattern));
    }
    Map<String, PathMatcher> patterns = Map.copyOf(unmatched);
    Archive.of(archive)
        .visit(
            new Archive.Visitor() {
              @Override
              public boolean wants(String name) {
                boolean wanted = false;
                for (Map.Entry<String, PathMatcher> pattern : patterns.entrySet()) {
                  if (matches(pattern.getValue(), name)) {
                    unmatched.remove(pattern.getKey());
                    wanted = true;
                  }
                }
                return wanted;
              }

              @Override
              public void read(String name, long size, InputStream content) throws IOException {
                write(name, size, content);
              }
            });
    if (!unmatched.isEmpty()) {
      throw new FetchException(
          "%s has no file %s"
              .formatted(part.archive().describe(), String.join(", ", unmatched.keySet())));
    }
  }

  private static boolean matches(PathMatcher pattern, String name) {
    try {
      return pattern.matches(Path.of(name));
    } catch (java.nio.file.InvalidPathException e) {
      // A name that is none is nobody's.
      return false;
    }
  }

  private void write(String member, long size, InputStream content) throws IOException {
    String name = member.substring(member.lastIndexOf('/') + 1);
    if (!RuntimeJson.isPlain(name) || name.equals(RuntimeJson.FILE)) {
      throw new FetchException("the archive has a file of the name '" + name + "'");
    }
    if (files.containsKey(name)) {
      throw new FetchException("two files of the packages are called " + name);
    }
    total += size;
    if (size > LARGEST || total > LARGEST) {
      throw new FetchException(
          "the archive says that it holds more than " + Sizes.text(LARGEST) + "; refused");
    }
    long usable = disk.usable(folder);
    if (size > usable) {
      throw new FetchException(
          "no room in %s: %s needs %s, %s are free"
              .formatted(folder, name, Sizes.text(size), Sizes.text(usable)));
    }
    Path file = folder.resolve(name);
    String sha256 = copy(member, size, content, file);
    files.put(
        name, new InstalledFile(name, size, sha256, Files.getLastModifiedTime(file).toMillis()));
  }

  private static String copy(String member, long size, InputStream content, Path file)
      throws IOException {
    MessageDigest digest = Digests.sha256();
    byte[] buffer = new byte[BUFFER];
    long written = 0;
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
        written += count;
        if (written > size) {
          throw new FetchException(member + " in the archive is larger than it says");
        }
        digest.update(buffer, 0, count);
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
    }
    if (written != size) {
      throw new FetchException(member + " in the archive is smaller than it says");
    }
    return Digests.hex(digest.digest());
  }
}
