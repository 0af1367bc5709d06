package dev.gatun.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the system says of this process's memory, for tests that look for leaks. */
public final class ProcessMemory {
  private static final long PAGE = 4096;

  private ProcessMemory() {}

  /** Bytes that are resident; 0 where the system does not say (proc(5)). */
  public static long resident() throws IOException {
    Path file = Path.of("/proc/self/statm");
    if (!Files.isReadable(file)) {
      return 0;
    }
    return PAGE * Long.parseLong(Files.readString(file).split(" ", -1)[1]);
  }
}
