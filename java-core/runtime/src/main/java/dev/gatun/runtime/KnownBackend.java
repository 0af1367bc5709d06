package dev.gatun.runtime;

import dev.gatun.runtime.detect.Accelerator;
import dev.gatun.runtime.detect.Accelerator.Vendor;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import dev.gatun.runtime.spi.Preference;
import java.util.List;
import java.util.Optional;

/**
 * A backend of the product, whether or not its module is there.
 *
 * @param artifact Maven artifact that adds it; empty for one that a program brings itself
 * @param systems operating systems that its vendor's libraries exist for
 * @param uses hardware besides CPUs that it makes use of
 */
record KnownBackend(
    String id, String description, String artifact, List<String> systems, List<Use> uses) {
  /**
   * Hardware of one vendor.
   *
   * @param preference rank of the devices that it becomes
   */
  record Use(Vendor vendor, Kind kind, int preference) {
    boolean covers(Accelerator hardware) {
      return hardware.vendor() == vendor && hardware.kind() == kind;
    }
  }

  private static final List<String> EVERYWHERE = List.of("linux", "macos", "windows");
  private static final List<String> NOT_MAC = List.of("linux", "windows");

  /** All of them, in the order in which they are shown. */
  static final List<KnownBackend> ALL =
      List.of(
          new KnownBackend(
              "cpu", "any CPU, with native kernels", "dev.gatun:gatun-cpu", EVERYWHERE, List.of()),
          new KnownBackend(
              "vector",
              "any CPU, in pure Java (Vector API)",
              "dev.gatun:gatun-vector",
              EVERYWHERE,
              List.of()),
          new KnownBackend(
              "cuda",
              "NVIDIA GPUs",
              "dev.gatun:gatun-cuda",
              NOT_MAC,
              List.of(new Use(Vendor.NVIDIA, Kind.GPU, Preference.GPU_KERNELS))),
          new KnownBackend(
              "metal",
              "Apple GPUs",
              "dev.gatun:gatun-metal",
              List.of("macos"),
              List.of(new Use(Vendor.APPLE, Kind.GPU, Preference.GPU_KERNELS))),
          new KnownBackend(
              "openvino",
              "Intel CPUs, GPUs and NPUs",
              "dev.gatun:gatun-openvino",
              EVERYWHERE,
              List.of(
                  new Use(Vendor.INTEL, Kind.GPU, Preference.ON_REQUEST),
                  new Use(Vendor.INTEL, Kind.NPU, Preference.ON_REQUEST))),
          new KnownBackend(
              "onnxruntime",
              "CPUs and vendors' execution providers",
              "dev.gatun:gatun-onnxruntime",
              EVERYWHERE,
              List.of()),
          new KnownBackend(
              "qnn",
              "Snapdragon NPUs and GPUs",
              "dev.gatun:gatun-qnn",
              NOT_MAC,
              List.of(
                  new Use(Vendor.QUALCOMM, Kind.NPU, Preference.ON_REQUEST),
                  new Use(Vendor.QUALCOMM, Kind.GPU, Preference.ON_REQUEST))));

  /** A backend that the product does not know. */
  static KnownBackend other(String id) {
    return new KnownBackend(id, "added to this program", "", EVERYWHERE, List.of());
  }

  /** How it uses some hardware; empty when it does not. */
  Optional<Use> use(Accelerator hardware) {
    return uses.stream().filter(use -> use.covers(hardware)).findFirst();
  }

  String absentReason() {
    return "its module is not on the module path or class path";
  }

  String absentRemedy() {
    return "add the dependency "
        + artifact
        + (id.equals("vector") ? " and start Java with --add-modules jdk.incubator.vector" : "");
  }
}
