package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpu.CpuLibrary;
import dev.gatun.cpu.InstructionSet;
import dev.gatun.cpuengine.CpuDevice;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.detect.HardwareDetector;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Preference;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The backend {@code cpu}: any CPU, with native kernels. Present everywhere; able when its library
 * loads and its kernels agree with their scalar twins.
 */
public final class CpuBackendProvider implements BackendProvider {
  static final String ID = "cpu";

  /** Setting: the instruction set to use, of those that the processor has. */
  static final String INSTRUCTIONS = "gatun.cpu.instructions";

  private static final Finding PRESENT = Finding.good(Stage.PRESENT, "every machine has a CPU");

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
  public Probe probe(ProbeContext context) {
    CpuLibrary.Lookup lookup;
    try {
      lookup = CpuLibrary.load(context::property, home(context));
    } catch (IllegalCallerException e) {
      return unavailable(
          Finding.bad(
              Stage.ABLE,
              "this JVM denies native access: " + e.getMessage(),
              "start Java with --enable-native-access=dev.gatun.cpu,dev.gatun.ffi"
                  + " (ALL-UNNAMED when Gatun is on the class path)",
              e));
    }
    if (lookup.library().isEmpty()) {
      return unavailable(
          Finding.bad(
              Stage.ABLE,
              "the library of native kernels does not load: "
                  + String.join("; ", lookup.failures()),
              "build it (scripts/gatun does with CMake and a C compiler), or set "
                  + CpuLibrary.PROPERTY
                  + " to its path"));
    }
    CpuLibrary library = lookup.library().get();
    List<InstructionSet> supported = library.supported();
    Optional<InstructionSet> wanted =
        context
            .property(INSTRUCTIONS)
            .map(asked -> InstructionSet.of(asked).filter(supported::contains))
            .orElse(Optional.of(supported.getLast()));
    if (wanted.isEmpty()) {
      return unavailable(refused(context, supported));
    }
    Optional<String> activations = context.property(NativeChoices.ACTIVATIONS);
    if (activations.isPresent() && !NativeChoices.isKnown(activations.get())) {
      return unavailable(
          Finding.bad(
              Stage.ABLE,
              NativeChoices.ACTIVATIONS + " is " + activations.get(),
              "set it to int8 or f32, or leave it out"));
    }
    Optional<String> floats = context.property(NativeChoices.FLOATS);
    if (floats.isPresent() && !NativeChoices.isKnownFloats(floats.get())) {
      return unavailable(
          Finding.bad(
              Stage.ABLE,
              NativeChoices.FLOATS + " is " + floats.get(),
              "set it to f32 or bf16, or leave it out"));
    }
    CpuKernels kernels = library.kernels(wanted.get());
    if (NativeChoices.brains(context) && !NativeMatMul.multipliesBrains(kernels)) {
      return unavailable(
          Finding.bad(
              Stage.ABLE,
              NativeChoices.FLOATS + " is bf16, and " + wanted.get().id() + " has no such products",
              "leave it out"));
    }
    Finding able = CpuSelfTest.run(kernels, library.place());
    return able.good()
        ? new Probe(ID, List.of(PRESENT, able), List.of(device(context, library, wanted.get())))
        : unavailable(able);
  }

  private static Finding refused(ProbeContext context, List<InstructionSet> supported) {
    String here = supported.stream().map(InstructionSet::id).collect(Collectors.joining(", "));
    return Finding.bad(
        Stage.ABLE,
        INSTRUCTIONS + " is " + context.property(INSTRUCTIONS).orElse("") + ", here are " + here,
        "set it to one of these, or leave it out");
  }

  private static Path home(ProbeContext context) {
    return context
        .property(Settings.HOME)
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".gatun"));
  }

  private static Probe unavailable(Finding able) {
    return new Probe(ID, List.of(PRESENT, able), List.of());
  }

  private static CpuDevice device(
      ProbeContext context, CpuLibrary library, InstructionSet instructions) {
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
