package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpu.CpuLibrary;
import dev.gatun.cpu.InstructionSet;
import dev.gatun.cpuengine.CpuDevice;
import dev.gatun.runtime.detect.HardwareDetector;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Preference;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.spi.SelfTest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The backend {@code cpu}: any CPU, with native kernels. Present everywhere; able when its library
 * loads and its kernels agree with their scalar twins.
 */
public final class CpuBackendProvider implements BackendProvider {
  static final String ID = "cpu";

  /** Setting: the instruction set to use, of those that the processor has. */
  static final String INSTRUCTIONS = "gatun.cpu.instructions";

  static final Finding PRESENT = Finding.good(Stage.PRESENT, "every machine has a CPU");

  public CpuBackendProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of();
  }

  @Override
  public Optional<SelfTest> selfTest() {
    return Optional.of(new CpuSelfTest());
  }

  @Override
  public Probe probe(ProbeContext context) {
    LoadedKernels loaded = LoadedKernels.of(context);
    return new Probe(
        ID,
        List.of(PRESENT, loaded.finding()),
        loaded.kernels().map(kernels -> device(context, loaded.library(), kernels)).stream()
            .toList());
  }

  private static Device device(ProbeContext context, CpuLibrary library, CpuKernels kernels) {
    InstructionSet instructions = kernels.instructions();
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("instructions", instructions.id());
    properties.put("threads", Integer.toString(context.threads()));
    var info =
        new DeviceInfo(
            ID + ":" + instructions.id(),
            ID,
            DeviceInfo.Kind.CPU,
            HardwareDetector.detect().cpu().model().orElse("CPU"),
            context.memoryBudget(),
            properties);
    var choices = new NativeChoices(library, instructions, context);
    return new CpuDevice(info, Preference.CPU_KERNELS, choices, context);
  }
}
