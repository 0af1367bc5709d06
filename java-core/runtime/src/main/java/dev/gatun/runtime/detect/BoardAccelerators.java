package dev.gatun.runtime.detect;

import dev.gatun.runtime.detect.Accelerator.Problem;
import dev.gatun.runtime.detect.Accelerator.Vendor;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GPUs and NPUs that are part of a system on chip and on no bus: what Linux's device tree and
 * drivers tell of them.
 */
final class BoardAccelerators {
  private static final String TREE = "proc/device-tree/compatible";

  /** {@code # R36 (release), REVISION: 4.3, GCID: …}: NVIDIA's release of Linux for Tegra. */
  private static final Pattern TEGRA =
      Pattern.compile("#\\s*R(\\d+) \\(release\\), REVISION: ([\\d.]+),.*", Pattern.DOTALL);

  private static final List<String> TEGRA_NODES =
      List.of("dev/nvgpu/igpu0/ctrl", "dev/nvhost-ctrl-gpu", "dev/nvidiactl");

  /** What the driver of Android's kernels tells of a GPU; its folder may not be listed there. */
  private static final String ADRENO = "sys/class/kgsl/kgsl-3d0/gpu_model";

  /** What kernels tell of the system on chip (its documentation: "sysfs-devices-soc"). */
  private static final String CHIP = "sys/devices/soc0/";

  private static final List<String> HEXAGON_NODES =
      List.of("dev/fastrpc-cdsp", "dev/fastrpc-cdsp-secure", "dev/adsprpc-smd", "dev/cdsp");

  private final SmallFiles files;
  private final DriverCheck check;

  BoardAccelerators(SmallFiles files, DriverCheck check) {
    this.files = files;
    this.check = check;
  }

  List<Accelerator> detect() {
    List<String> compatible = List.of(files.text(TREE).orElse("").split("\0", -1));
    List<Accelerator> found = new ArrayList<>();
    tegra(compatible).ifPresent(found::add);
    found.addAll(adreno().map(List::of).orElseGet(this::renderers));
    hexagon(compatible).ifPresent(found::add);
    return found;
  }

  private Optional<Accelerator> tegra(List<String> compatible) {
    Optional<String> name =
        compatible.stream()
            .map(entry ->
                switch (entry) {
                  case "nvidia,tegra194" -> "NVIDIA Xavier GPU";
                  case "nvidia,tegra234" -> "NVIDIA Orin GPU";
                  case "nvidia,tegra264" -> "NVIDIA Thor GPU";
                  default -> "";
                })
            .filter(text -> !text.isEmpty())
            .findFirst();
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> release =
        files
            .text("etc/nv_tegra_release")
            .map(TEGRA::matcher)
            .filter(Matcher::matches)
            .map(match -> "L4T %s.%s".formatted(match.group(1), match.group(2)));
    List<String> nodes = TEGRA_NODES.stream().filter(files::exists).limit(1).toList();
    return Optional.of(
        onBoard(Kind.GPU, Vendor.NVIDIA, name.get(), release, check.nodes(Vendor.NVIDIA, nodes)));
  }

  /**
   * Qualcomm's GPU behind the driver of its own, where the graphics system has the display alone.
   */
  private Optional<Accelerator> adreno() {
    return files
        .text(ADRENO)
        .filter(model -> !model.isEmpty())
        .map(model ->
            onBoard(
                Kind.GPU,
                Vendor.QUALCOMM,
                "Qualcomm " + model,
                Optional.of("kgsl"),
                check.nodes(Vendor.QUALCOMM, List.of("dev/kgsl-3d0"))));
  }

  /** GPUs with a driver of the kernel's graphics system. */
  private List<Accelerator> renderers() {
    List<Accelerator> found = new ArrayList<>();
    for (String node : files.names("sys/class/drm")) {
      Map<String, String> event =
          PciAccelerators.event(files, "sys/class/drm/" + node + "/device/uevent");
      String compatible = event.getOrDefault("OF_COMPATIBLE_0", "");
      if (!node.startsWith("renderD") || compatible.isEmpty()) {
        continue;
      }
      Optional<Vendor> vendor =
          Optional.ofNullable(
              switch (compatible.substring(0, Math.max(0, compatible.indexOf(',')))) {
                case "brcm" -> Vendor.BROADCOM;
                case "qcom" -> Vendor.QUALCOMM;
                case "arm" -> Vendor.ARM;
                default -> null;
              });
      vendor.ifPresent(maker ->
          found.add(
              onBoard(
                  Kind.GPU,
                  maker,
                  "%s GPU (%s)".formatted(maker.label(), compatible),
                  Optional.ofNullable(event.get("DRIVER")),
                  check.nodes(maker, List.of("dev/dri/" + node)))));
    }
    return found;
  }

  /** Qualcomm's processor for signals and networks, which programs reach through FastRPC. */
  private Optional<Accelerator> hexagon(List<String> compatible) {
    Optional<String> processor =
        files.names("sys/class/remoteproc").stream()
            .map(name -> "sys/class/remoteproc/" + name + "/")
            .filter(folder -> files.text(folder + "name").filter("cdsp"::equals).isPresent())
            .findFirst();
    List<String> nodes = HEXAGON_NODES.stream().filter(files::exists).limit(1).toList();
    if (processor.isEmpty() && nodes.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> chip =
        compatible.stream()
            .filter(entry -> entry.startsWith("qcom,"))
            .reduce((_, last) -> last)
            .or(() -> files.text(CHIP + "machine").filter(name -> !name.isEmpty()))
            .or(() -> files.text(CHIP + "soc_id").map("SoC "::concat));
    Optional<Problem> stopped =
        processor
            .flatMap(folder -> files.text(folder + "state"))
            .filter(state -> !state.equals("running"))
            .map(state ->
                new Problem(
                    "its firmware is not running (state %s)".formatted(state),
                    "install the board's firmware for it (cdsp), and restart"));
    return Optional.of(
        onBoard(
            Kind.NPU,
            Vendor.QUALCOMM,
            "Qualcomm Hexagon NPU" + chip.map(name -> " (" + name + ")").orElse(""),
            nodes.isEmpty() ? Optional.empty() : Optional.of("fastrpc"),
            stopped.or(() -> check.nodes(Vendor.QUALCOMM, nodes))));
  }

  private static Accelerator onBoard(
      Kind kind, Vendor vendor, String name, Optional<String> driver, Optional<Problem> problem) {
    return new Accelerator(kind, vendor, name, "", true, OptionalLong.empty(), driver, problem);
  }
}
