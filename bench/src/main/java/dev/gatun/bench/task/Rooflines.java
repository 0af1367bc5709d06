package dev.gatun.bench.task;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Roofline;
import java.util.List;
import java.util.Optional;

/** The limits of the device that runs a plan, when one device runs all of it. */
public final class Rooflines {
  /** Backends that measure the processor. */
  private static final List<String> OURS = List.of("vector", "cpu");

  private Rooflines() {}

  /** Measured now; empty when several devices run the plan, or when its device cannot tell. */
  public static Optional<Roofline> of(GatunRuntime runtime, Explanation plan) {
    return device(runtime, plan).flatMap(Device::roofline);
  }

  /**
   * As {@link #of}; of a vendor's device that is the processor, what one of ours reaches there, in
   * single precision first.
   */
  public static Optional<Roofline> near(GatunRuntime runtime, Explanation plan) {
    Optional<Device> device = device(runtime, plan);
    Optional<Roofline> own = device.flatMap(Device::roofline);
    if (own.isPresent()
        || device.filter(each -> each.info().kind() == DeviceInfo.Kind.CPU).isEmpty()) {
      return own;
    }
    return OURS.stream()
        .flatMap(id -> runtime.backend(id).devices().stream())
        .flatMap(info -> runtime.device(info.id()).stream())
        .flatMap(each -> each.roofline().stream())
        .findFirst();
  }

  private static Optional<Device> device(GatunRuntime runtime, Explanation plan) {
    List<String> ids =
        plan.devices().stream().map(Explanation.DeviceLine::device).distinct().toList();
    return ids.size() == 1 ? runtime.device(ids.getFirst()) : Optional.empty();
  }
}
