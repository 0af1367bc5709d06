package dev.gatun.ffi;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.stream.Stream;

/**
 * Libraries inside a jar, or beside classes, of which the first is to be loaded and the others are
 * its siblings. A library is loaded from a file: they are unpacked together, under their real
 * names, into one folder per content, so that versions live beside each other. Processes that do so
 * at once do not disturb each other: a file gets its name when it is whole.
 *
 * @param anchor a class whose loader sees the resources
 * @param folder the resources' folder, {@code native/linux-x86_64}
 * @param names file names in it; the first one is loaded
 */
public record PackagedFiles(Class<?> anchor, String folder, List<String> names) {
  private static final String LIST = "files";

  public PackagedFiles {
    names = List.copyOf(names);
  }

  /**
   * A vendor's whole runtime inside a jar: what {@code runtimes/NAME/PLATFORM/files} lists, one
   * name a line, the library to load first.
   *
   * @param anchor a class whose loader sees the resources
   * @param name the runtime's, {@code openvino}
   * @return empty where the jar has none for this platform
   */
  public static Optional<PackagedFiles> runtime(Class<?> anchor, String name) {
    String folder = "runtimes/" + name + "/" + Platform.current();
    try (InputStream list = anchor.getResourceAsStream("/" + folder + "/" + LIST)) {
      return list == null
          ? Optional.empty()
          : Optional.of(
              new PackagedFiles(
                  anchor,
                  folder,
                  new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList()));
    } catch (IOException e) {
      throw new UncheckedIOException("the jar that has " + folder + " is damaged", e);
    }
  }

  @Override
  public String toString() {
    return "packaged " + folder + "/" + names.getFirst();
  }

  /** What the files are, without reading them where a jar has their checksums. */
  Optional<String> stamp() throws IOException {
    Optional<List<URL>> found = urls();
    return found.isEmpty() ? Optional.empty() : Optional.of(stamp(found.get()));
  }

  /**
   * Unpacks the files, unless they are there.
   *
   * @return the first one, as a file
   */
  Path unpack(Path home) throws IOException {
    List<URL> found = urls().orElseThrow(() -> new IOException("this build has none"));
    Path target = home.resolve("native").resolve(stamp(found));
    try {
      unpack(found, target);
      return target.resolve(names.getFirst());
    } catch (FileSystemException e) {
      if (Files.isDirectory(home) && Files.isWritable(home)) {
        throw e;
      }
      return unpackForThisProcess(found).resolve(names.getFirst());
    }
  }

  /** Where Gatun's folder is not for writing, as in a container with a read-only root. */
  private Path unpackForThisProcess(List<URL> found) throws IOException {
    Path target = Files.createTempDirectory("gatun-native");
    // Deleted in the reverse order; Windows keeps what is loaded.
    target.toFile().deleteOnExit();
    names.forEach(name -> target.resolve(name).toFile().deleteOnExit());
    unpack(found, target);
    return target;
  }

  private void unpack(List<URL> found, Path target) throws IOException {
    for (int i = 0; i < found.size(); i++) {
      unpack(found.get(i), target.resolve(names.get(i)));
    }
  }

  private static void unpack(URL from, Path file) throws IOException {
    if (Files.isRegularFile(file) && Files.size(file) == size(from)) {
      return;
    }
    Files.createDirectories(file.getParent());
    Path part = Files.createTempFile(file.getParent(), "part", ".tmp");
    try (InputStream in = from.openStream()) {
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static long size(URL url) throws IOException {
    return entry(url).map(JarEntry::getSize).orElse(url.openConnection().getContentLengthLong());
  }

  private static Optional<JarEntry> entry(URL url) throws IOException {
    return url.openConnection() instanceof JarURLConnection jar
        ? Optional.of(jar.getJarEntry())
        : Optional.empty();
  }

  /** Name, size and the jar's own checksum of each file; its content where there is no jar. */
  private String stamp(List<URL> urls) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
    for (int i = 0; i < urls.size(); i++) {
      Optional<JarEntry> entry = entry(urls.get(i));
      digest.update(names.get(i).getBytes(StandardCharsets.UTF_8));
      if (entry.isPresent()) {
        String sizes = " %d %d ".formatted(entry.get().getSize(), entry.get().getCrc());
        digest.update(sizes.getBytes(StandardCharsets.UTF_8));
      } else {
        try (InputStream in = urls.get(i).openStream()) {
          digest.update(in.readAllBytes());
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }

  private Optional<List<URL>> urls() throws IOException {
    var urls = new ArrayList<URL>();
    for (String name : names) {
      Optional<URL> url = url(folder + "/" + name);
      if (url.isEmpty()) {
        return Optional.empty();
      }
      urls.add(url.get());
    }
    return Optional.of(urls);
  }

  private Optional<URL> url(String resource) throws IOException {
    URL seen = anchor.getResource("/" + resource);
    if (seen == null && anchor.getClassLoader() != null) {
      seen = anchor.getClassLoader().getResource(resource);
    }
    return seen != null ? Optional.of(seen) : onModulePath(resource);
  }

  /**
   * In a jar on the module path that no module requires, which the class loader does not see: that
   * is what a jar without a module descriptor is, which only carries files.
   */
  private static Optional<URL> onModulePath(String resource) throws IOException {
    String path = System.getProperty("jdk.module.path", "");
    for (String part : path.split(File.pathSeparator, -1)) {
      if (part.isBlank()) {
        continue;
      }
      for (Path jar : jars(Path.of(part))) {
        try (var file = new java.util.zip.ZipFile(jar.toFile())) {
          if (file.getEntry(resource) != null) {
            return Optional.of(URI.create("jar:" + jar.toUri() + "!/" + resource).toURL());
          }
        } catch (java.util.zip.ZipException e) {
          // The JVM has refused it already, or ignores it.
        }
      }
    }
    return Optional.empty();
  }

  private static List<Path> jars(Path part) throws IOException {
    if (Files.isRegularFile(part)) {
      return List.of(part);
    }
    if (!Files.isDirectory(part)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(part)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }
}
