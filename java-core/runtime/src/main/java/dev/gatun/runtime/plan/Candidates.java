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
   */
  public record Unable(String id, boolean module, Finding finding, Hardware hardware) {
    /** Whether there is something here for it to run on. */
    public enum Hardware {
      /** It needs none in particular, or nobody knows what it needs. */
      ANY,
      /** What it is for is not here. */
      ABSENT,
      /** It is here, and would be used when a policy asks for it. */
      ON_REQUEST,
      /** It is here, and would be used without being asked for. */
      MISSED
    }
  }
}
