package dev.gatun.openvino;

import dev.gatun.ffi.Pointers;
import dev.gatun.openvino.generated.c.ov_property_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** Properties as an array of pairs. */
final class Properties {
  private Properties() {}

  static MemorySegment of(Map<String, String> properties, Arena arena) {
    MemorySegment array = ov_property_t.allocateArray(Math.max(1, properties.size()), arena);
    int index = 0;
    for (Map.Entry<String, String> each : properties.entrySet()) {
      MemorySegment pair = ov_property_t.asSlice(array, index++);
      ov_property_t.key(pair, Pointers.text(each.getKey(), arena));
      ov_property_t.value(pair, Pointers.text(each.getValue(), arena));
    }
    return array;
  }
}
