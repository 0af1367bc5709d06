package dev.gatun.runtime.detect;

import dev.gatun.runtime.detect.Accelerator.Problem;
import dev.gatun.runtime.detect.Accelerator.Vendor;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** GPUs and NPUs on Linux: on the PCI bus, on the board, and behind Windows. */
final class LinuxAccelerators {
  /** Where Windows puts its drivers' libraries for Linux (Microsoft, "GPU compute in WSL"). */
  private static final String WINDOWS_CUDA = "usr/lib/wsl/lib/libcuda.so.1";

  private static final String WINDOWS_GPU = "dev/dxg";

  private final SmallFiles files;

  LinuxAccelerators(SmallFiles files) {
    this.files = files;
  }

  List<Accelerator> detect(Hardware.Surroundings surroundings) {
    var check = new DriverCheck(files, surroundings.place());
    List<Accelerator> found = new ArrayList<>(new PciAccelerators(files, check).detect());
    found.addAll(new BoardAccelerators(files, check).detect());
    if (surroundings.place() == Hardware.Surroundings.Place.WSL) {
      windows().ifPresent(found::add);
    }
    return found;
  }

  /** Windows lends its GPUs through one node; whose they are is seen by the drivers it brings. */
  private Optional<Accelerator> windows() {
    if (!files.exists(WINDOWS_CUDA)) {
      return Optional.empty();
    }
    boolean lent = files.exists(WINDOWS_GPU);
    return Optional.of(
        new Accelerator(
            Kind.GPU,
            Vendor.NVIDIA,
            "NVIDIA GPU of the Windows host",
            "",
            false,
            OptionalLong.empty(),
            lent ? Optional.of("dxgkrnl") : Optional.empty(),
            lent
                ? Optional.empty()
                : Optional.of(
                    new Problem(
                        "Windows does not lend it (no /dev/dxg)",
                        "run `wsl --update` in Windows, and leave gpuSupport in .wslconfig on"))));
  }
}
