package dev.gatun.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.NativeCallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process whose program changes. */
class ProcessImageTest {
  /** The program before: puts its arguments in its own place. */
  static final class Before {
    private Before() {}

    public static void main(String[] command) {
      System.out.println("before " + ProcessHandle.current().pid());
      System.out.flush();
      ProcessImage.replace(List.of(command));
    }
  }

  @BeforeEach
  void posix() {
    boolean can = ProcessImage.canBeReplaced();
    if (!can) {
      System.out.println("skipped: this system cannot replace a process");
    }
    assumeTrue(can, "this system cannot replace a process");
  }

  private static Process start(String... command) throws IOException {
    var all =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("jdk.module.path", "")
                    + ":"
                    + System.getProperty("java.class.path")
                    + ":target/test-classes",
                Before.class.getName()));
    all.addAll(Arrays.asList(command));
    var builder = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("LC_ALL", "C.UTF-8");
    return builder.start();
  }

  @Test
  void theNewProgramHasTheOldOnesNumberStreamsAndExitCode() throws Exception {
    Process process = start("/bin/sh", "-c", "echo \"$1 $$\"; cat; exit 7", "sh", "a b ü");
    try (var in = process.getOutputStream()) {
      in.write("from outside\n".getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(7, process.waitFor());
    long pid = process.pid();
    assertEquals("before %d%na b ü %d%nfrom outside%n".formatted(pid, pid), said);
  }

  @Test
  void aSignalReachesTheNewProgram() throws Exception {
    Process process =
        start("/bin/sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done");
    var lines = process.inputReader(StandardCharsets.UTF_8);
    assertTrue(lines.readLine().startsWith("before"));
    assertEquals("ready", lines.readLine());
    process.destroy();
    assertEquals(9, process.waitFor());
  }

  @Test
  void whatCannotBeStartedChangesNothing() {
    var e =
        assertThrows(
            NativeCallException.class, () -> ProcessImage.replace(List.of("/no/such/program")));
    assertTrue(e.getMessage().contains("/no/such/program"), e.getMessage());
  }
}
