package dev.gatun.qnn;

import dev.gatun.ffi.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the NPU's own part of a library lies ({@code libQnnHtpV75Skel.so}, …): FastRPC reads it
 * from the folders of the environment variable {@code ADSP_LIBRARY_PATH} (README of Qualcomm's open
 * project fastrpc), and not from the folder of the library that asks for it. Not run on device.
 */
final class SkeletonPath {
  static final String VARIABLE = "ADSP_LIBRARY_PATH";

  private static final int KEEP = 0;

  private SkeletonPath() {}

  /**
   * Sets the variable in this process, where nobody has.
   *
   * @param library the file of a library, beside which the NPU's part lies
   */
  static void announce(Path library) {
    Path folder = library.toAbsolutePath().getParent();
    Linker linker = Linker.nativeLinker();
    MethodHandle set =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int failed =
          (int)
              set.invokeExact(
                  Pointers.text(VARIABLE, arena), Pointers.text(folder.toString(), arena), KEEP);
      if (failed != 0) {
        throw new IllegalStateException("setenv failed for " + VARIABLE);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("setenv could not be called", e);
    }
  }

  /** What the variable holds in this process, which Java's own copy does not follow. */
  static Optional<String> current() {
    Linker linker = Linker.nativeLinker();
    MethodHandle get =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("getenv"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      return Pointers.text((MemorySegment) get.invokeExact(Pointers.text(VARIABLE, arena)));
    } catch (Throwable e) {
      throw new IllegalStateException("getenv could not be called", e);
    }
  }
}
