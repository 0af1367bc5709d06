package dev.gatun.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cpu.generated.kernels.kernels_h;
import dev.gatun.ffi.Platform;
import dev.gatun.tensor.GatunException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the library is looked for, in which order, and what is said of each failure. */
class CpuLibraryTest {
  private static final String NAME = System.mapLibraryName(CpuLibrary.NAME);

  @TempDir Path folder;

  /** Classes of this module without the library that the build may have put beside them. */
  private Path classes;

  @BeforeEach
  void copyClasses() throws IOException, URISyntaxException {
    classes = Files.createDirectories(folder.resolve("classes"));
    copy(location(CpuLibrary.class));
    copy(location(LoadAndSay.class));
    copy(location(Platform.class));
    copy(location(GatunException.class));
  }

  private static Path location(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Classes of a folder, or of a jar where Maven has packaged the module. */
  private void copy(Path place) throws IOException {
    if (Files.isDirectory(place)) {
      copyTree(place);
      return;
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      copyTree(jar.getPath("/"));
    }
  }

  private void copyTree(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("dev"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        write(classes.resolve(root.relativize(file).toString()), Files.readAllBytes(file));
      }
    }
  }

  private static byte[] library() throws IOException {
    String resource = "/native/" + Platform.current() + "/" + NAME;
    try (InputStream in = CpuLibrary.class.getResourceAsStream(resource)) {
      assumeTrue(in != null, "no library was built for " + Platform.current());
      return in.readAllBytes();
    }
  }

  private void pack(byte[] library) throws IOException {
    write(classes.resolve("native").resolve(Platform.current()).resolve(NAME), library);
  }

  private static Path write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private Path systemFolder() {
    return folder.resolve("system");
  }

  /** The lines that {@link LoadAndSay} printed; a JVM that died fails the test. */
  private List<String> load(Path... explicit) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
    command.add("-Djava.library.path=" + systemFolder());
    command.addAll(List.of("-cp", classes.toString(), LoadAndSay.class.getName()));
    command.add(folder.resolve("home").toString());
    Arrays.stream(explicit).map(Path::toString).forEach(command::add);
    File errors = folder.resolve("errors.txt").toFile();
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> output + read(errors.toPath()));
    return output.lines().toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void check(String line, String... parts) {
    for (String part : parts) {
      assertTrue(line.contains(part), line + "\nlacks " + part);
    }
  }

  @Test
  void whereNothingIsEveryAttemptIsNamed() throws Exception {
    List<String> lines = load();
    assertEquals(2, lines.size(), lines::toString);
    check(lines.get(0), "failed packaged native/" + Platform.current(), "this build has none");
    check(lines.get(1), "failed system library path: no " + NAME);
  }

  @Test
  void theSettingComesFirst() throws Exception {
    byte[] library = library();
    pack(library);
    Path file = write(folder.resolve("mine").resolve(NAME), library);
    assertEquals(List.of("loaded " + file), load(file));
  }

  /** Who names a file wants that file: another one would be a silent fallback. */
  @Test
  void theSettingIsTheOnlyAttempt() throws Exception {
    pack(library());
    Path missing = folder.resolve("missing");
    List<String> lines = load(missing);
    assertEquals(List.of("failed gatun.cpu.library=" + missing + ": there is no such file"), lines);
  }

  @Test
  void thePackagedOneComesBeforeTheSystems() throws Exception {
    byte[] library = library();
    pack(library);
    write(systemFolder().resolve(NAME), library);
    List<String> lines = load();
    assertEquals(1, lines.size(), lines::toString);
    check(lines.get(0), "loaded ", folder.resolve("home").resolve("native").toString(), NAME);
  }

  @Test
  void aPackagedOneIsUnpackedAgainWhenItsFileIsCut() throws Exception {
    byte[] library = library();
    pack(library);
    Path unpacked = Path.of(load().getFirst().substring("loaded ".length()));
    Files.write(unpacked, Arrays.copyOf(library, 1000));
    assertEquals(List.of("loaded " + unpacked), load());
  }

  @Test
  void theSystemsIsTheLast() throws Exception {
    write(systemFolder().resolve(NAME), library());
    List<String> lines = load();
    assertEquals(2, lines.size(), lines::toString);
    check(lines.get(0), "failed packaged ");
    assertEquals("loaded " + systemFolder().resolve(NAME), lines.get(1));
  }

  @Test
  void aPackagedOneThatDoesNotLoadIsSaidAndTheSystemsTaken() throws Exception {
    pack("not a library".repeat(99).getBytes(StandardCharsets.UTF_8));
    write(systemFolder().resolve(NAME), library());
    List<String> lines = load();
    assertEquals(2, lines.size(), lines::toString);
    check(lines.get(0), "failed packaged ");
    assertEquals("loaded " + systemFolder().resolve(NAME), lines.get(1));
  }

  /** Linux's loader would end the process on most of these. */
  @Test
  void aTruncatedLibraryIsRefused() throws Exception {
    assumeTrue(Platform.current().startsWith("linux"), "checked on Linux only");
    byte[] library = library();
    for (int length : new int[] {0, 10, 100, 1000, library.length / 2}) {
      Path file = write(folder.resolve("cut" + length), Arrays.copyOf(library, length));
      List<String> lines = load(file);
      assertEquals(1, lines.size(), lines::toString);
      check(lines.getFirst(), "failed ", file.toString(), "truncated", length + " bytes");
    }
  }

  @Test
  void aLibraryForAnotherProcessorIsRefused() throws Exception {
    assumeTrue(Platform.current().startsWith("linux"), "checked on Linux only");
    byte[] library = library();
    boolean arm = Platform.current().contains("aarch64");
    ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN).putShort(18, (short) (arm ? 62 : 183));
    List<String> lines = load(write(folder.resolve("other.so"), library));
    assertEquals(1, lines.size(), lines::toString);
    check(lines.getFirst(), "failed ", "it is for " + (arm ? "amd64, " : "aarch64, "), "this JVM");
  }

  @Test
  void anotherAbiIsRefusedWithTheFormerFailures() throws Exception {
    int needed = kernels_h.GATUN_CPU_ABI();
    Path other = compile("int gatun_cpu_abi(void) { return %d; }".formatted(needed + 1));
    write(systemFolder().resolve(NAME), Files.readAllBytes(other));
    List<String> lines = load();
    assertEquals(2, lines.size(), lines::toString);
    check(lines.get(0), "failed packaged ");
    check(lines.get(1), "failed system ", ": its ABI is " + (needed + 1), "needs " + needed);
  }

  @Test
  void aLibraryOfOthersIsRefused() throws Exception {
    Path other = compile("int something_else(void) { return 1; }");
    List<String> lines = load(other);
    assertEquals(
        List.of(
            "failed gatun.cpu.library=" + other + ": it is not Gatun's: it has no gatun_cpu_abi"),
        lines);
  }

  private Path compile(String source) throws IOException, InterruptedException {
    Path code = Files.writeString(folder.resolve("other.c"), source + "\n");
    Path library = folder.resolve("compiled").resolve(NAME);
    Files.createDirectories(library.getParent());
    var command = List.of("cc", "-shared", "-fPIC", "-o", library.toString(), code.toString());
    try {
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      assumeTrue(status == 0, "cc cannot make a library here");
    } catch (IOException e) {
      assumeTrue(false, "no C compiler: " + e.getMessage());
    }
    return library;
  }
}
