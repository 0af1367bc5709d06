package dev.gatun.runtime.plan;

import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import dev.gatun.runtime.spi.Preference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * A device in the order of a policy.
 *
 * @param preferred whether the policy names it
 * @param cause why it has its rank, one clause
 */
record Ranked(Device device, boolean preferred, String cause) {
  /** Whether this is a device. */
  boolean is(Device other) {
    return device.info().id().equals(other.info().id());
  }

  /** Devices that the policy allows, the best first. */
  static List<Ranked> rank(Candidates candidates, Policy policy) {
    return switch (policy) {
      case Policy.Require(String id) ->
          order(candidates, device -> matches(device, id) ? 0 : -1, _ -> 0, "required");
      case Policy.Prefer(List<String> ids) -> {
        List<Ranked> ranked =
            new ArrayList<>(
                order(candidates, device -> position(device, ids), _ -> 0, "preferred"));
        ranked.addAll(
            order(
                candidates,
                device -> position(device, ids) < 0 && isAutomatic(device) ? 0 : -1,
                device -> -device.capabilities().preference(),
                "not preferred, next by rank"));
        yield ranked;
      }
      case Policy.Auto _ ->
          order(
              candidates,
              device -> isAutomatic(device) ? 0 : -1,
              device -> -device.capabilities().preference(),
              "highest rank");
      case Policy.MaxEfficiency _ ->
          order(
              candidates,
              device -> isAsked(device) ? efficiency(device.info()) : -1,
              device -> -device.capabilities().preference(),
              "least energy by kind of hardware");
      case Policy.MaxPerformance _ ->
          order(
              candidates,
              device -> isAsked(device) ? performance(device.info().kind()) : -1,
              device -> -device.capabilities().preference(),
              "fastest kind of hardware");
    };
  }

  /** Sorts by group, then rank; a negative group is left out. */
  private static List<Ranked> order(
      Candidates candidates,
      ToIntFunction<Device> group,
      ToIntFunction<Device> rank,
      String cause) {
    boolean preferred = cause.equals("preferred") || cause.equals("required");
    return candidates.devices().stream()
        .filter(device -> group.applyAsInt(device) >= 0)
        .sorted(Comparator.comparingInt(group).thenComparingInt(rank))
        .map(device -> new Ranked(device, preferred, cause))
        .toList();
  }

  private static boolean isAutomatic(Device device) {
    return device.capabilities().preference() >= 0;
  }

  /** Whether a policy that asks for kinds of hardware may take it. */
  private static boolean isAsked(Device device) {
    return isAutomatic(device)
        || (device.info().kind() != Kind.CPU
            && device.capabilities().preference() == Preference.ON_REQUEST);
  }

  private static boolean matches(Device device, String id) {
    return device.info().id().equals(id) || device.info().backend().equals(id);
  }

  private static int position(Device device, List<String> ids) {
    for (int i = 0; i < ids.size(); i++) {
      if (matches(device, ids.get(i))) {
        return i;
      }
    }
    return -1;
  }

  /**
   * A GPU that works in the main memory shares the processor's power and does the same with less; a
   * card of its own has to be woken and fed.
   */
  private static int efficiency(DeviceInfo device) {
    return switch (device.kind()) {
      case NPU -> 0;
      case GPU -> device.sharesMemory() ? 1 : 3;
      case CPU -> 2;
    };
  }

  private static int performance(Kind kind) {
    return switch (kind) {
      case GPU -> 0;
      case NPU -> 1;
      case CPU -> 2;
    };
  }
}
