package dev.gatun.runtime.detect;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;

/** Finds out what a machine is. Never throws: what cannot be found out is empty. */
public final class HardwareDetector {
  private HardwareDetector() {}

  /** This machine. Takes milliseconds on Linux. */
  public static Hardware detect() {
    return detect(SystemFacts.here());
  }

  /** The machine that the facts tell of. */
  public static Hardware detect(SystemFacts facts) {
    return switch (facts.os()) {
      case "linux" -> new LinuxHardware(facts.files()).detect(facts.arch());
      case "macos" -> new MacHardware(facts.commands()).detect(facts.arch(), facts.memory());
      case "windows" ->
          new WindowsHardware(facts.commands(), facts.environment())
              .detect(facts.arch(), facts.memory());
      default -> unknown(facts);
    };
  }

  /**
   * GPUs and NPUs of a machine, whether or not anything can use them. Takes milliseconds on Linux;
   * on macOS and Windows tools are asked, which takes up to seconds.
   *
   * @param hardware as {@link #detect} found it
   */
  public static List<Accelerator> accelerators(SystemFacts facts, Hardware hardware) {
    return switch (facts.os()) {
      case "linux" -> new LinuxAccelerators(facts.files()).detect(hardware.surroundings());
      case "macos" -> new MacAccelerators(facts.commands()).detect(facts.arch());
      case "windows" -> new WindowsAccelerators(facts.commands()).detect();
      default -> List.of();
    };
  }

  private static Hardware unknown(SystemFacts facts) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new Hardware(
        facts.os(),
        facts.arch(),
        new Hardware.Cpu(
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.of(processors),
            new TreeSet<>(),
            List.of()),
        new Hardware.Memory(facts.memory(), OptionalLong.empty()),
        new Hardware.Limits(List.of(), OptionalDouble.empty(), OptionalLong.empty()),
        processors,
        Hardware.Surroundings.UNKNOWN);
  }
}
