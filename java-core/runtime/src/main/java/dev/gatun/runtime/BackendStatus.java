package dev.gatun.runtime;

import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Finding;
import java.util.List;

/**
 * What is known about one backend on this machine.
 *
 * @param id the backend's id
 * @param description what it runs on, in a few words
 * @param module whether its module is on the module path or class path
 * @param present whether there is anything to try: the cheap look
 * @param able whether it can run something here
 * @param reason one sentence: the finding that decided
 * @param remedy what the user can do; empty when able or when nothing helps
 * @param findings all stages that were reached; empty when the module is absent
 * @param devices its devices, when able
 */
public record BackendStatus(
    String id,
    String description,
    boolean module,
    boolean present,
    boolean able,
    String reason,
    String remedy,
    List<Finding> findings,
    List<DeviceInfo> devices) {
  public BackendStatus {
    findings = List.copyOf(findings);
    devices = List.copyOf(devices);
  }
}
