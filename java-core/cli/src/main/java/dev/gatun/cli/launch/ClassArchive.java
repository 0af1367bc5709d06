package dev.gatun.cli.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.ObjectName;

/**
 * An archive of the classes of a program in a single jar (JEP 350), with which Java starts it
 * faster. The first run that ends well leaves it; Java sets it aside, in silence, where it does not
 * fit. Its name ends with a checksum of its content, which Java does not look at: a damaged one is
 * made anew.
 *
 * <p>Java could write it by itself at the end of any run ({@code AutoCreateSharedArchive}), but
 * then also when a signal ends the program in the middle of loading classes, which crashed it (JDK
 * 25.0.3).
 */
public final class ClassArchive {
  /** Set by {@link Restart}: the file to write, less the end of its name. */
  private static final String SETTING = "gatun.cli.archive";

  private static final int PIECE = 1 << 20;

  private final Path folder;
  private final String program;
  private final String version;

  private ClassArchive(Path folder, String program, String version) {
    this.folder = folder;
    this.program = program;
    this.version = version;
  }

  /** The archive of this Java and of a jar as it is now, in a folder. */
  static ClassArchive of(Path folder, Path jar) throws IOException {
    String program =
        "classes-%08x-".formatted((System.getProperty("java.home") + "\n" + jar).hashCode());
    String content =
        System.getProperty("java.vm.version")
            + Files.size(jar)
            + Files.getLastModifiedTime(jar).toMillis();
    return new ClassArchive(folder, program, "%s%08x".formatted(program, content.hashCode()));
  }

  /**
   * The flags of a Java that uses the archive, or, where there is none yet, may write it. Deletes
   * what earlier versions of the jar have left, and what is damaged.
   *
   * @param train whether this run loads the classes that matter
   */
  List<String> flags(boolean train) throws IOException {
    Optional<Path> whole = Optional.empty();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, program + "*.jsa")) {
      for (Path file : files) {
        if (file.getFileName().toString().equals(name(version, file))) {
          whole = Optional.of(file);
        } else {
          Files.deleteIfExists(file);
        }
      }
    }
    if (whole.isPresent()) {
      return List.of("-XX:SharedArchiveFile=" + whole.get(), "-Xlog:cds=off", "-Xlog:aot=off");
    }
    return train
        ? List.of(
            "-XX:+RecordDynamicDumpInfo",
            "-D" + SETTING + "=" + folder.resolve(version),
            "-Xlog:cds=off")
        : List.of();
  }

  /** What a file with this content is called. */
  static String name(String version, Path file) throws IOException {
    var sum = new CRC32C();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] piece = new byte[PIECE];
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        sum.update(piece, 0, read);
      }
    }
    return "%s-%08x.jsa".formatted(version, sum.getValue());
  }

  /** Writes the archive, if this Java was started to do so: when the program's work is done. */
  public static void write() {
    String name = System.getProperty(SETTING);
    if (name == null) {
      return;
    }
    Path version = Path.of(name);
    Path part = Path.of(name + "." + ProcessHandle.current().pid());
    PrintStream out = System.out;
    try {
      // Java announces the archive on standard output, which is the program's.
      out.flush();
      System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "vmCds",
              // Quoted: a name may have blanks.
              new Object[] {new String[] {"dynamic_dump", "\"" + part + "\""}},
              new String[] {String[].class.getName()});
      Path file = version.resolveSibling(name(version.getFileName().toString(), part));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (JMException | JMRuntimeException | IOException e) {
      // Without an archive everything works, only slower to the first word.
      System.getLogger(ClassArchive.class.getName())
          .log(System.Logger.Level.DEBUG, "no archive of classes in " + version, e);
    } finally {
      System.setOut(out);
    }
  }
}
