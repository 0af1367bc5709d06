package dev.gatun.cli.validate;

import dev.gatun.bench.worker.PeakMemory;
import dev.gatun.quantize.validate.DecoderValidation.MemoryMeter;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The most resident memory of this process, where the system can begin anew. Not thread-safe. */
public final class ProcessMemory implements MemoryMeter {
  private boolean able;

  @Override
  public void reset() {
    // What the last model left on the heap is not this one's.
    System.gc();
    able = PeakMemory.reset();
  }

  @Override
  public OptionalLong peak() {
    // Without a new beginning it would be the larger of both models.
    OptionalDouble peak = able ? PeakMemory.resident().known() : OptionalDouble.empty();
    return peak.isPresent() ? OptionalLong.of((long) peak.getAsDouble()) : OptionalLong.empty();
  }
}
