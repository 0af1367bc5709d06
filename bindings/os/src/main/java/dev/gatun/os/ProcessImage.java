package dev.gatun.os;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Platform;
import dev.gatun.os.generated.posix.posix_h;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.util.List;

/** Another program in the place of this one (POSIX execv(3p)). */
public final class ProcessImage {
  private ProcessImage() {}

  /** Whether the operating system can do that; Windows cannot. */
  public static boolean canBeReplaced() {
    return !Platform.os().equals("windows");
  }

  /**
   * Ends this program and starts another in the same process: it keeps the process's number, its
   * standard streams, its environment and working folder, and whoever waits for this process gets
   * its exit code. Shutdown hooks do not run, and what other threads were doing ends at once. Does
   * not return.
   *
   * @param command path of the program, then its arguments
   * @throws NativeCallException when the system refuses; nothing has changed then
   */
  public static void replace(List<String> command) {
    MethodHandle execv =
        Linker.nativeLinker()
            .downcallHandle(
                posix_h.execv$address(),
                posix_h.execv$descriptor(),
                Linker.Option.captureCallState("errno"));
    StructLayout layout = Linker.Option.captureStateLayout();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment arguments = arguments(command, arena);
      MemorySegment state = arena.allocate(layout);
      MemorySegment path = arguments.getAtIndex(ValueLayout.ADDRESS, 0);
      int ignored = (int) execv.invokeExact(state, path, arguments);
      int errno = (int) layout.varHandle(PathElement.groupElement("errno")).get(state, 0L);
      throw new NativeCallException(
          "libc", "execv", errno, "the system does not start " + command.getFirst());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws nothing checked", e);
    }
  }

  /** A list of C strings that ends with a null pointer, as Java's own launcher reads it. */
  private static MemorySegment arguments(List<String> command, SegmentAllocator memory) {
    Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    MemorySegment arguments = memory.allocate(ValueLayout.ADDRESS, command.size() + 1L);
    for (int i = 0; i < command.size(); i++) {
      byte[] text = (command.get(i) + "\0").getBytes(charset);
      arguments.setAtIndex(
          ValueLayout.ADDRESS, i, memory.allocateFrom(ValueLayout.JAVA_BYTE, text));
    }
    return arguments;
  }
}
