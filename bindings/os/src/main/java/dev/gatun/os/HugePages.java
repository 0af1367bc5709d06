package dev.gatun.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/**
 * Memory for large arrays, in pages of 2 MiB where the operating system has them: streaming through
 * gigabytes then misses the processor's address cache far less often. The system property {@code
 * gatun.os.hugepages} is {@code off} for ordinary pages, {@code always} for huge pages whatever the
 * size.
 */
public final class HugePages {
  /** Below this huge pages gain nothing that a first native call does not cost. */
  private static final long LEAST_BYTES = 4L << 20;

  /** Links the native functions, once. */
  private static final class Linking {
    static final Thread THREAD =
        Thread.ofPlatform().daemon().name("gatun-link").start(Linking::run);

    private static void run() {
      try (Arena arena = Arena.ofConfined()) {
        LinuxMemory.map(LEAST_BYTES, arena);
      }
    }
  }

  private HugePages() {}

  /**
   * Says that so much memory will be allocated soon: the native functions are linked meanwhile, on
   * a thread of their own, because that takes a cold JVM tens of milliseconds.
   */
  public static void prepare(long bytes) {
    if (wanted(bytes)) {
      Objects.requireNonNull(Linking.THREAD);
    }
  }

  /**
   * Zero-filled memory that lives as long as the arena. On Linux, from 4 MiB on, it starts at a
   * multiple of 2 MiB, asks for transparent huge pages, and is resident only where it was touched;
   * otherwise, or where the system or the JVM refuses, it is what the arena itself allocates, at a
   * multiple of 64 bytes.
   *
   * @throws IllegalStateException when the arena is closed
   * @throws OutOfMemoryError when there is no memory either way
   */
  public static MemorySegment allocate(long bytes, Arena arena) {
    if (wanted(bytes)) {
      Optional<MemorySegment> mapped = LinuxMemory.map(bytes, arena);
      if (mapped.isPresent()) {
        return mapped.get();
      }
    }
    return arena.allocate(bytes, 64);
  }

  private static boolean wanted(long bytes) {
    String setting = System.getProperty("gatun.os.hugepages", "");
    return (bytes >= LEAST_BYTES || setting.equals("always"))
        && !setting.equals("off")
        && System.getProperty("os.name").equals("Linux")
        && HugePages.class.getModule().isNativeAccessEnabled();
  }
}
