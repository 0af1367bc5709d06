package dev.gatun.cli.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.ObjectName;

/**
 * An archive of the classes of a program in a single jar (JEP 350), with which Java starts it
 * faster. The first run that ends well leaves it; Java sets it aside, in silence, where it does not
 * fit.
 *
 * <p>Java could write it by itself at the end of any run ({@code AutoCreateSharedArchive}), but
 * then also when a signal ends the program in the middle of loading classes, which crashed it (JDK
 * 25.0.3).
 */
public final class ClassArchive {
  /** Set by {@link Restart}: the file to write. */
  private static final String SETTING = "gatun.cli.archive";

  private final Path file;
  private final String program;

  private ClassArchive(Path file, String program) {
    this.file = file;
    this.program = program;
  }

  /** The archive of this Java and of a jar as it is now, in a folder. */
  static ClassArchive of(Path folder, Path jar) throws IOException {
    String program =
        "classes-%08x-".formatted((System.getProperty("java.home") + "\n" + jar).hashCode());
    String content =
        System.getProperty("java.vm.version")
            + Files.size(jar)
            + Files.getLastModifiedTime(jar).toMillis();
    String name = "%s%08x.jsa".formatted(program, content.hashCode());
    return new ClassArchive(folder.resolve(name), program);
  }

  /**
   * The flags of a Java that uses the archive, or, where there is none yet, may write it.
   *
   * @param train whether this run loads the classes that matter
   */
  List<String> flags(boolean train) {
    if (Files.isRegularFile(file)) {
      return List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds=off", "-Xlog:aot=off");
    }
    return train
        ? List.of("-XX:+RecordDynamicDumpInfo", "-D" + SETTING + "=" + file, "-Xlog:cds=off")
        : List.of();
  }

  /** Deletes what earlier versions of the jar have left. */
  void clear() throws IOException {
    try (DirectoryStream<Path> others =
        Files.newDirectoryStream(file.getParent(), program + "*.jsa")) {
      for (Path other : others) {
        if (!other.equals(file)) {
          Files.deleteIfExists(other);
        }
      }
    }
  }

  /** Writes the archive, if this Java was started to do so: when the program's work is done. */
  public static void write() {
    String name = System.getProperty(SETTING);
    if (name == null) {
      return;
    }
    Path file = Path.of(name);
    Path part = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
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
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (JMException | JMRuntimeException | IOException e) {
      // Without an archive everything works, only slower to the first word.
      System.getLogger(ClassArchive.class.getName())
          .log(System.Logger.Level.DEBUG, "no archive of classes in " + file, e);
    } finally {
      System.setOut(out);
    }
  }
}
