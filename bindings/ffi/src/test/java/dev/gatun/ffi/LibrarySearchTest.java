package dev.gatun.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file is taken, and what is said of those that are not. */
class LibrarySearchTest {
  @TempDir Path folder;

  @BeforeEach
  void linux() {
    boolean linux = Platform.os().equals("linux");
    if (!linux) {
      System.out.println("skipped: the test makes libraries as Linux has them");
    }
    assumeTrue(linux, "the test makes libraries as Linux has them");
  }

  private static LibrarySearch search() {
    return new LibrarySearch("the test's");
  }

  private static LoadedLibrary loaded(LibrarySearch.Outcome outcome) {
    return outcome.library().orElseThrow(() -> new AssertionError(outcome.explanation()));
  }

  private Path compile(String name, String source, String... options)
      throws IOException, InterruptedException {
    Path code = Files.writeString(folder.resolve(name + ".c"), source + "\n");
    Path library = folder.resolve(name);
    var command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-o", library.toString()));
    command.add(code.toString());
    command.addAll(Arrays.asList(options));
    try {
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      assumeTrue(status == 0, "cc cannot make a library here");
    } catch (IOException e) {
      System.out.println("skipped: no C compiler: " + e.getMessage());
      assumeTrue(false, "no C compiler: " + e.getMessage());
    }
    return library;
  }

  @Test
  void theFirstThatLoadsIsTakenAndHasItsOwnFunctions() throws Exception {
    Path one = compile("one.so.3", "int gatun_one(void) { return 1; }");
    Path two = compile("two.so.3", "int gatun_two(void) { return 2; }");
    LibrarySearch search =
        search()
            .candidate("hers", folder.resolve("none.so"))
            .candidate("his", one)
            .candidate("theirs", two);
    LibrarySearch.Outcome outcome = search.load();
    LoadedLibrary library = loaded(outcome);
    assertEquals(one, library.file());
    assertEquals("his " + one, library.place());
    assertTrue(library.function("gatun_one").address() != 0);
    var missing =
        assertThrows(UnsatisfiedLinkError.class, () -> library.function("gatun_two")).getMessage();
    assertEquals(one + " of the test's has no function gatun_two", missing);
    assertEquals(
        "hers " + folder.resolve("none.so") + ": there is no such file", outcome.explanation());
    assertEquals(Optional.of("his " + one), search.present());
  }

  @Test
  void whatTheSettingNamesIsTheOnlyAttempt() throws Exception {
    Path one = compile("one.so", "int gatun_one(void) { return 1; }");
    Path missing = folder.resolve("missing.so");
    LibrarySearch search =
        search().explicit("gatun.x.library", Optional.of(missing.toString())).candidate("his", one);
    LibrarySearch.Outcome outcome = search.load();
    assertTrue(outcome.library().isEmpty());
    assertEquals("gatun.x.library=" + missing + ": there is no such file", outcome.explanation());
    assertEquals(Optional.empty(), search.present());
    assertEquals(List.of("gatun.x.library=" + missing), search.tried());
    LibrarySearch.Outcome inFolder =
        search().explicit("gatun.x.library", Optional.of(folder.toString())).load();
    assertTrue(inFolder.explanation().endsWith("name the library's file in it"));
  }

  @Test
  void oneThatDoesNotSuitIsPassedOver() throws Exception {
    Path one = compile("one.so", "int gatun_version(void) { return 1; }");
    Path two = compile("two.so", "int gatun_version(void) { return 2; }");
    LibrarySearch.Outcome outcome =
        search()
            .candidate("his", one)
            .candidate("theirs", two)
            .load(library -> Optional.of("too old").filter(old -> library.file().equals(one)));
    assertEquals(two, loaded(outcome).file());
    assertEquals("his " + one + ": too old", outcome.explanation());
  }

  @Test
  void aMissingSiblingIsNamedWithItsRemedy() throws Exception {
    Path sibling = compile("libsibling.so.7", "int gatun_sib(void) { return 7; }");
    Path one =
        compile(
            "one.so",
            "int gatun_sib(void); int gatun_one(void) { return gatun_sib(); }",
            sibling.toString(),
            "-Wl,-rpath,$ORIGIN/elsewhere",
            "-Wl,-soname,one.so");
    Path alone = Files.createDirectories(folder.resolve("alone")).resolve("one.so");
    // The linker notes the path where it found a sibling without a soname; it is gone then.
    Files.copy(one, alone);
    Files.delete(sibling);
    String explanation = search().candidate("his", alone).load().explanation();
    assertTrue(explanation.contains("libsibling.so.7, which is neither beside it"), explanation);
    assertTrue(explanation.contains("keep all libraries of a runtime together"), explanation);
  }

  @Test
  void whatIsNoWholeLibraryForThisProcessorNeverReachesTheLoader() throws Exception {
    byte[] library = Files.readAllBytes(compile("one.so", "int gatun_one(void) { return 1; }"));
    Path cut = Files.write(folder.resolve("cut.so"), Arrays.copyOf(library, 700));
    Path text = Files.writeString(folder.resolve("text.so"), "x".repeat(999));
    boolean arm = Platform.current().contains("aarch64");
    ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN).putShort(18, (short) (arm ? 62 : 183));
    Path other = Files.write(folder.resolve("other.so"), library);
    List<LibrarySearch.Failure> failures =
        search().candidate("a", cut).candidate("b", text).candidate("c", other).load().failures();
    assertTrue(failures.get(0).reason().contains("truncated: it has only 700 bytes"));
    assertTrue(failures.get(1).reason().contains("no 64-bit library"));
    assertTrue(failures.get(2).reason().startsWith("it is for " + (arm ? "amd64" : "aarch64")));
  }

  @Test
  void packagedSiblingsAreUnpackedTogetherOncePerContent() throws Exception {
    Path home = folder.resolve("home");
    var files =
        new PackagedFiles(
            LibrarySearchTest.class, "dev/gatun/ffi/packed", List.of("first.bin", "second.bin"));
    Path first = files.unpack(home);
    assertEquals("one\n", Files.readString(first));
    assertEquals("two\n", Files.readString(first.resolveSibling("second.bin")));
    var before = Files.getLastModifiedTime(first);
    assertEquals(first, files.unpack(home));
    assertEquals(before, Files.getLastModifiedTime(first));
    Files.writeString(first, "cut");
    assertEquals("one\n", Files.readString(files.unpack(home)));
    try (var all = Files.list(first.getParent())) {
      assertEquals(2, all.count());
    }
    var none = new PackagedFiles(LibrarySearchTest.class, "no/such", List.of("x.so"));
    LibrarySearch search = search().packaged(none, home);
    assertEquals("packaged no/such/x.so: this build has none", search.load().explanation());
    assertFalse(search.present().isPresent());
  }

  @Test
  void aRuntimeInTheJarIsWhatItsListNames() throws Exception {
    assertEquals(Optional.empty(), PackagedFiles.runtime(LibrarySearchTest.class, "no-such"));
    Path root = folder.resolve("classes");
    Path inside = root.resolve("runtimes/vendor").resolve(Platform.current());
    Files.createDirectories(inside);
    Files.writeString(inside.resolve("files"), "main.so\nplugin.so\n");
    Files.writeString(inside.resolve("main.so"), "main");
    Files.writeString(inside.resolve("plugin.so"), "plugin");
    String anchor = LibrarySearchTest.class.getName();
    Path own = Path.of(LibrarySearchTest.class.getResource("LibrarySearchTest.class").toURI());
    Path copy = root.resolve(anchor.replace('.', '/') + ".class");
    Files.createDirectories(copy.getParent());
    Files.copy(own, copy);
    try (var loader = new URLClassLoader(new URL[] {root.toUri().toURL()}, null)) {
      PackagedFiles files = PackagedFiles.runtime(loader.loadClass(anchor), "vendor").orElseThrow();
      assertEquals(List.of("main.so", "plugin.so"), files.names());
      Path main = files.unpack(folder.resolve("home"));
      assertEquals("main", Files.readString(main));
      assertEquals("plugin", Files.readString(main.resolveSibling("plugin.so")));
    }
  }

  /** As with a home on a read-only file system, which a test cannot make. */
  @Test
  void whereHomeCannotBeWrittenEachProcessUnpacksForItself() throws Exception {
    Path home = Files.writeString(folder.resolve("home"), "a file, no folder");
    var files =
        new PackagedFiles(LibrarySearchTest.class, "dev/gatun/ffi/packed", List.of("first.bin"));
    Path first = files.unpack(home);
    assertEquals("one\n", Files.readString(first));
    assertFalse(first.startsWith(home));
    if (Files.getFileStore(first).supportsFileAttributeView("posix")) {
      assertEquals(
          PosixFilePermissions.fromString("rwx------"),
          Files.getPosixFilePermissions(first.getParent()));
    }
  }

  @Test
  void processesThatUnpackAtOnceAllGetWholeFiles() throws Exception {
    Path home = folder.resolve("home");
    var files =
        new PackagedFiles(
            LibrarySearchTest.class, "dev/gatun/ffi/packed", List.of("first.bin", "second.bin"));
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Future<String>> contents = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        contents.add(threads.submit(() -> Files.readString(files.unpack(home))));
      }
      for (Future<String> content : contents) {
        assertEquals("one\n", content.get());
      }
    }
  }

  @Test
  void aFolderOfFilesComesBeforeWhatIsPackaged() throws Exception {
    Path one = compile("one.so", "int gatun_one(void) { return 1; }");
    Path home = folder.resolve("home");
    var packaged =
        new PackagedFiles(LibrarySearchTest.class, "dev/gatun/ffi/packed", List.of("first.bin"));
    LibrarySearch search =
        search().unpacked(Optional.of(folder.toString()), "one.so").packaged(packaged, home);
    assertEquals(one, loaded(search.load()).file());
    assertFalse(Files.exists(home), "unpacked although it was there as a file");
  }
}
