package dev.gatun.cudabackend;

import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Compiled kernels as files, named by a digest of all that made them. A file starts with the digest
 * of the rest; one that is damaged is made anew. Thread-safe, and safe among processes.
 */
final class ImageCache {
  private static final Logger LOG = System.getLogger(ImageCache.class.getName());
  private static final int DIGEST_BYTES = 32;
  private static final int LARGEST = 64 << 20;

  private final Path folder;

  ImageCache(Path folder) {
    this.folder = folder;
  }

  /**
   * What is kept, or else what the compiler makes.
   *
   * @param name start of the file's name, for people
   * @param key all that the result depends on
   */
  byte[] get(String name, List<String> key, Supplier<byte[]> compiler) {
    MessageDigest digest = Digests.sha256();
    for (String part : key) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(Integer.toString(bytes.length).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(bytes);
    }
    Path file = folder.resolve(name + "-" + Digests.hex(digest.digest()));
    Optional<byte[]> kept = read(file);
    if (kept.isPresent()) {
      return kept.get();
    }
    byte[] image = compiler.get();
    write(file, image);
    return image;
  }

  private static Optional<byte[]> read(Path file) {
    try {
      return AtomicFile.read(file, LARGEST)
          .filter(content -> content.length > DIGEST_BYTES)
          .filter(content ->
              Arrays.equals(
                  Arrays.copyOf(content, DIGEST_BYTES), Digests.sha256().digest(body(content))))
          .map(ImageCache::body);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "compiled kernels cannot be read", e);
      return Optional.empty();
    }
  }

  private static byte[] body(byte[] content) {
    return Arrays.copyOfRange(content, DIGEST_BYTES, content.length);
  }

  private static void write(Path file, byte[] image) {
    byte[] content = Arrays.copyOf(Digests.sha256().digest(image), DIGEST_BYTES + image.length);
    System.arraycopy(image, 0, content, DIGEST_BYTES, image.length);
    try {
      AtomicFile.write(file, content);
    } catch (IOException e) {
      // Without it, the next start compiles again.
      LOG.log(Level.DEBUG, "compiled kernels cannot be kept", e);
    }
  }
}
