package dev.gatun.metalbackend;

import dev.gatun.metal.MetalCommands;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A command buffer with what belongs to it until it is done. */
final class Work {
  final MetalCommands commands;

  /** Counted within the queue, from 1. */
  final long number;

  /** Memory that the command buffer alone uses. */
  final List<MetalMemory> transit = new ArrayList<>();

  private final List<Runnable> afterwards = new ArrayList<>();

  Work(MetalCommands commands, long number) {
    this.commands = commands;
    this.number = number;
  }

  /** Bytes that the host gets when the work is done. */
  void deliver(MemorySegment from, MemorySegment to) {
    afterwards.add(() -> to.copyFrom(from));
  }

  void done() {
    afterwards.forEach(Runnable::run);
  }

  /** The work has ended. */
  void close(TransitMemory memory) {
    commands.close();
    transit.forEach(memory::give);
  }
}
