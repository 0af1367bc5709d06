package dev.gatun.runtime.detect;

import dev.gatun.runtime.spi.DeviceInfo.Kind;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A GPU or NPU of this machine, as the system lists it: found whether or not any backend can use
 * it, and without loading a vendor's library.
 *
 * @param kind never {@link Kind#CPU}
 * @param name of the hardware, for people
 * @param address where the system has it: {@code 0000:01:00.0}; empty where that means nothing
 * @param sharesMemory whether it is known to work in the main memory
 * @param memoryBytes of its own; empty when it has none, or when only its driver's library can tell
 * @param driver name and, where known, version of its driver; empty when none has it, or when it is
 *     part of the system
 * @param problem why no program of this user can use it, as far as the system tells
 */
public record Accelerator(
    Kind kind,
    Vendor vendor,
    String name,
    String address,
    boolean sharesMemory,
    OptionalLong memoryBytes,
    Optional<String> driver,
    Optional<Problem> problem) {
  /** Who makes it. */
  public enum Vendor {
    NVIDIA("NVIDIA"),
    INTEL("Intel"),
    AMD("AMD"),
    APPLE("Apple"),
    QUALCOMM("Qualcomm"),
    ARM("Arm"),
    BROADCOM("Broadcom");

    private final String label;

    Vendor(String label) {
      this.label = label;
    }

    /** For people. */
    public String label() {
      return label;
    }
  }

  /**
   * What stands in the way.
   *
   * @param reason a clause about the hardware: {@code no driver has it}
   * @param remedy what the user can do; may be empty
   */
  public record Problem(String reason, String remedy) {}
}
