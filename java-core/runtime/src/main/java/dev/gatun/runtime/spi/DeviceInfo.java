package dev.gatun.runtime.spi;

import java.util.Map;

/**
 * Who a device is.
 *
 * @param id {@code backend:unit}, unique in a runtime: {@code vector:512}, {@code cuda:0}
 * @param backend the backend's id
 * @param name the hardware's name, for people
 * @param memoryBytes memory that the device can use; 0 when unknown
 * @param properties facts worth showing, by name: vector width, threads, driver version
 */
public record DeviceInfo(
    String id,
    String backend,
    Kind kind,
    String name,
    long memoryBytes,
    Map<String, String> properties) {
  /** Property of a GPU or NPU that works in the main memory; its value is {@link #SHARED}. */
  public static final String MEMORY = "memory";

  /** Value of {@link #MEMORY}. */
  public static final String SHARED = "shared";

  /**
   * Property of what is no hardware but a program that does as if, on the processor: a simulator or
   * a stand-in for tests. Its value says which. Results are right, times say nothing.
   */
  public static final String EMULATED = "emulated by";

  /** How the stand-ins for GPUs of this project's tests begin their names. */
  private static final String STAND_IN = "Gatun stand-in";

  /** Kinds of hardware. */
  public enum Kind {
    CPU,
    GPU,
    NPU
  }

  public DeviceInfo {
    properties = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(properties));
  }

  /** Whether it is no hardware: a simulator, or a stand-in for tests. */
  public boolean isEmulated() {
    return properties.containsKey(EMULATED) || name.startsWith(STAND_IN);
  }

  /** Whether it is known to work in the main memory. */
  public boolean sharesMemory() {
    return kind == Kind.CPU || SHARED.equals(properties.get(MEMORY));
  }
}
