package dev.gatun.runtime.spi;

import dev.gatun.tensor.DType;
import java.util.Set;

/**
 * What a device can do, whatever the graph.
 *
 * @param weightFormats formats of constants that it reads without conversion
 * @param dynamicShapes whether what is compiled once runs every size within a profile's bounds;
 *     else an executable pads, or compiles for a combination of sizes when it first comes
 * @param maxSequences most sequences that one session can hold
 * @param preference rank among able devices under the {@code auto} policy; larger is preferred;
 *     {@link Preference#ON_REQUEST}: only when the policy names it or asks for its kind; smaller:
 *     only when the policy names it
 */
public record DeviceCapabilities(
    Set<DType> weightFormats, boolean dynamicShapes, int maxSequences, int preference) {
  public DeviceCapabilities {
    weightFormats = Set.copyOf(weightFormats);
  }
}
