package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An input of a graph whose numbers pick from a value. A kernel cannot say that one lies outside,
 * so they are checked before they go to the device.
 *
 * @param from the smallest that picks something
 * @param to behind the largest
 */
public record IndexInput(Value input, long from, long to) {
  /**
   * Checks the numbers of a submission, I32 or I64 as the input is.
   *
   * @throws BackendException when one lies outside
   */
  public void check(MemorySegment numbers) {
    boolean wide = input.type().dtype() == DType.I64;
    int bytes = wide ? 8 : 4;
    for (long at = 0; at < numbers.byteSize(); at += bytes) {
      long number =
          wide ? numbers.get(ValueLayout.JAVA_LONG, at) : numbers.get(ValueLayout.JAVA_INT, at);
      if (number < from || number >= to) {
        throw new BackendException(
            "'%s' has %d, which is not from %d to %d"
                .formatted(input.name(), number, from, to - 1));
      }
    }
  }
}
