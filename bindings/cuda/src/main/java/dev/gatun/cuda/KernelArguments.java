package dev.gatun.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Arguments of a kernel, in order. Not thread-safe. */
public final class KernelArguments {
  private sealed interface Argument {
    record OfInt(int value) implements Argument {}

    record OfLong(long value) implements Argument {}

    record OfFloat(float value) implements Argument {}
  }

  private final List<Argument> arguments = new ArrayList<>();

  public KernelArguments() {}

  /** A pointer to device memory. */
  public KernelArguments pointer(DeviceMemory memory) {
    arguments.add(new Argument.OfLong(memory.address()));
    return this;
  }

  public KernelArguments int32(int value) {
    arguments.add(new Argument.OfInt(value));
    return this;
  }

  public KernelArguments int64(long value) {
    arguments.add(new Argument.OfLong(value));
    return this;
  }

  public KernelArguments float32(float value) {
    arguments.add(new Argument.OfFloat(value));
    return this;
  }

  /** An array of pointers to the values. */
  MemorySegment pointers(Arena arena) {
    MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, Math.max(1, arguments.size()));
    for (int i = 0; i < arguments.size(); i++) {
      MemorySegment value =
          switch (arguments.get(i)) {
            case Argument.OfInt(int x) -> arena.allocateFrom(ValueLayout.JAVA_INT, x);
            case Argument.OfLong(long x) -> arena.allocateFrom(ValueLayout.JAVA_LONG, x);
            case Argument.OfFloat(float x) -> arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
          };
      pointers.setAtIndex(ValueLayout.ADDRESS, i, value);
    }
    return pointers;
  }
}
