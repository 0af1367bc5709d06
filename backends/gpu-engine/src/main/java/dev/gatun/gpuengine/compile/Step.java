package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import java.util.List;

/**
 * One piece of a program, which runs when those before it have run. Immutable, shared by sessions.
 */
public sealed interface Step permits KernelStep, CopyStep, SizesStep, ControlStep {
  /** The node that it stands for. */
  String node();

  /** What runs, for people. */
  String unit();

  /** Everything that it reads or writes. */
  List<Operand> touched();
}
