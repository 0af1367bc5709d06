package dev.gatun.runtime.detect;

import dev.gatun.runtime.detect.Accelerator.Problem;
import dev.gatun.runtime.detect.Accelerator.Vendor;
import dev.gatun.runtime.detect.Hardware.Surroundings.Place;
import dev.gatun.runtime.detect.SmallFiles.Access;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import java.util.List;
import java.util.Optional;

/**
 * Whether hardware on Linux has the kernel driver that its vendor's libraries need, and whether
 * this user reaches the driver's device nodes.
 *
 * @param place what this process runs in: a container has a {@code /dev} of its own
 */
record DriverCheck(SmallFiles files, Place place) {
  private static final String GROUP =
      "add your user to the group that owns it (`ls -l /dev/dri /dev/accel`; usually"
          + " `sudo usermod -aG render $USER`) and log in again";

  private static final String MANIFEST =
      "declare the vendor's library with <uses-native-library> in the app's manifest (NPU:"
          + " libcdsprpc.so)";

  /** Drivers that the vendor's libraries speak to, and how to get one. */
  private record Wanted(List<String> drivers, String remedy) {
    static Wanted of(Vendor vendor, Kind kind) {
      return switch (vendor) {
        case NVIDIA ->
            new Wanted(
                List.of("nvidia"),
                "install NVIDIA's driver from your distribution or nvidia.com, then restart");
        case INTEL ->
            kind == Kind.NPU
                ? new Wanted(
                    List.of("intel_vpu"),
                    "install Intel's linux-npu-driver; its kernel module comes with Linux 6.6 and later")
                : new Wanted(List.of("i915", "xe"), "use a newer kernel, which knows this GPU");
        case AMD ->
            kind == Kind.NPU
                ? new Wanted(List.of("amdxdna"), "use Linux 6.14 or later, or AMD's xdna-driver")
                : new Wanted(List.of("amdgpu"), "use a newer kernel, which knows this GPU");
        default -> new Wanted(List.of(), "");
      };
    }
  }

  /**
   * What is wrong with the driver of a PCI device.
   *
   * @param nodes paths of its device nodes, without the leading slash; all are needed
   */
  Optional<Problem> check(Vendor vendor, Kind kind, Optional<String> driver, List<String> nodes) {
    Wanted wanted = Wanted.of(vendor, kind);
    if (driver.isEmpty()) {
      return Optional.of(new Problem("no driver has it", wanted.remedy()));
    }
    if (driver.get().equals("vfio-pci")) {
      return Optional.of(
          new Problem("it is set aside for a virtual machine (driver vfio-pci)", ""));
    }
    if (!wanted.drivers().isEmpty() && !wanted.drivers().contains(driver.get())) {
      return Optional.of(
          new Problem(
              "the driver %s has it, which its vendor's libraries do not speak to"
                  .formatted(driver.get()),
              wanted.remedy()));
    }
    return nodes(vendor, nodes);
  }

  /** What is wrong with device nodes. */
  Optional<Problem> nodes(Vendor vendor, List<String> nodes) {
    if (nodes.isEmpty()) {
      return Optional.of(absent(vendor, "its driver has made no device node"));
    }
    for (String node : nodes) {
      Access access = files.access(node);
      if (access == Access.ABSENT) {
        return Optional.of(absent(vendor, "/" + node + " is not there"));
      }
      // A program opens FastRPC's nodes to read: Android gives an app no more.
      boolean opens =
          access == Access.OPEN || (access == Access.READABLE && vendor == Vendor.QUALCOMM);
      if (!opens) {
        return Optional.of(
            new Problem(
                "this user may not open /" + node,
                switch (place) {
                  case CONTAINER -> "start the container with a user that may";
                  case ANDROID -> MANIFEST;
                  case MACHINE, WSL -> GROUP;
                }));
      }
    }
    return Optional.empty();
  }

  private Problem absent(Vendor vendor, String reason) {
    if (place != Place.CONTAINER) {
      return new Problem(
          reason,
          vendor == Vendor.NVIDIA
              ? "run `sudo nvidia-modprobe -u -c=0`, or restart"
              : "`sudo dmesg` says why its driver did not start");
    }
    String option =
        switch (vendor) {
          case NVIDIA -> "--gpus all (on a Jetson: --runtime nvidia)";
          case INTEL, AMD -> "--device /dev/dri (NPU: --device /dev/accel)";
          default -> "--device and its node";
        };
    return new Problem(
        "it is the host's and was not given to this container",
        "start the container with " + option);
  }
}
