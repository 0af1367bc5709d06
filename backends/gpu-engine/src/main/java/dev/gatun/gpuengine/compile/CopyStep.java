package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import java.util.List;

/** Copies bytes within the device. */
public record CopyStep(String node, Operand from, Operand to, Size bytes) implements Step {
  @Override
  public String unit() {
    return "engine.copy";
  }

  @Override
  public List<Operand> touched() {
    return List.of(from, to);
  }
}
