package dev.gatun.runtime.plan;

import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import java.util.List;

/**
 * What a planner may choose from.
 *
 * @param devices devices of able backends
 * @param unable backends that are not able here
 */
public record Candidates(List<Device> devices, List<Unable> unable) {
  public Candidates {
    devices = List.copyOf(devices);
    unable = List.copyOf(unable);
  }

  /**
   * A backend that cannot run anything here.
   *
   * @param module whether its module is there at all
   * @param finding the one that decided
   * @param hardware whether hardware is here that it would use
   * @param missed whether it would use it without being asked
   */
  public record Unable(
      String id, boolean module, Finding finding, boolean hardware, boolean missed) {}
}
