package dev.gatun.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Variables of this process's environment as native libraries see them ({@code getenv}); {@link
 * System#getenv} shows what the JVM was started with.
 */
public final class ProcessEnvironment {
  private ProcessEnvironment() {}

  /**
   * Sets a variable that is not set: what the user has set stays. To be called before other threads
   * read the environment, so before the library that it is meant for is used.
   *
   * @return false where the system has no {@code setenv} (Windows), and nothing was done
   */
  public static boolean setDefault(String name, String value) {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> function = linker.defaultLookup().find("setenv");
    if (function.isEmpty()) {
      return false;
    }
    MethodHandle setenv =
        linker.downcallHandle(
            function.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int code =
          (int) setenv.invokeExact(Pointers.text(name, arena), Pointers.text(value, arena), 0);
      if (code != 0) {
        throw new NativeCallException(
            "libc", "setenv", code, "the variable " + name + " cannot be set");
      }
      return true;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws nothing checked", e);
    }
  }
}
