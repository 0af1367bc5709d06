package dev.gatun.openvino;

import dev.gatun.openvino.generated.c.c_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Reads the inputs or outputs of models and compiled models. */
final class Ports {
  private Ports() {}

  @FunctionalInterface
  interface Count {
    int get(MemorySegment owner, MemorySegment holder);
  }

  @FunctionalInterface
  interface ByIndex {
    int get(MemorySegment owner, long index, MemorySegment holder);
  }

  static List<Port> read(String functions, MemorySegment owner, Count count, ByIndex byIndex) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment holder = arena.allocate(ValueLayout.JAVA_LONG);
      Status.check(functions + "s_size", count.get(owner, holder));
      long size = holder.get(ValueLayout.JAVA_LONG, 0);
      var ports = new ArrayList<Port>();
      for (long i = 0; i < size; i++) {
        Status.check(functions + "_by_index", byIndex.get(owner, i, holder));
        MemorySegment port = holder.get(ValueLayout.ADDRESS, 0);
        try {
          ports.add(read(port, arena));
        } finally {
          c_h.ov_output_const_port_free(port);
        }
      }
      return List.copyOf(ports);
    }
  }

  private static Port read(MemorySegment port, Arena arena) {
    MemorySegment holder = arena.allocate(ValueLayout.JAVA_LONG);
    // A port without a name is no error to a caller who counts.
    String name = c_h.ov_port_get_any_name(port, holder) == c_h.OK() ? NativeText.take(holder) : "";
    Status.check("ov_port_get_element_type", c_h.ov_port_get_element_type(port, holder));
    return new Port(name, ElementType.of(holder.get(ValueLayout.JAVA_INT, 0)), Shapes.ofPort(port));
  }
}
