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
  /** Kinds of hardware. */
  public enum Kind {
    CPU,
    GPU,
    NPU
  }

  public DeviceInfo {
    properties = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(properties));
  }
}
