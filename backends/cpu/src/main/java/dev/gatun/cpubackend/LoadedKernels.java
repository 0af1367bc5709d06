package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpu.CpuLibrary;
import dev.gatun.cpu.InstructionSet;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The kernels that the settings ask for.
 *
 * @param library null where the finding is a bad one
 * @param kernels empty where the finding is a bad one
 */
record LoadedKernels(CpuLibrary library, Optional<CpuKernels> kernels, Finding finding) {
  /** Loads the library and looks at the settings. */
  static LoadedKernels of(ProbeContext context) {
    CpuLibrary.Lookup lookup;
    try {
      lookup = CpuLibrary.load(context::property, context.home());
    } catch (IllegalCallerException e) {
      return none(
          Finding.bad(
              Stage.ABLE,
              "this JVM denies native access: " + e.getMessage(),
              "start Java with --enable-native-access=dev.gatun.cpu,dev.gatun.ffi"
                  + " (ALL-UNNAMED when Gatun is on the class path)",
              e));
    }
    if (lookup.library().isEmpty()) {
      return none(
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
            .property(CpuBackendProvider.INSTRUCTIONS)
            .map(asked -> InstructionSet.of(asked).filter(supported::contains))
            .orElse(Optional.of(supported.getLast()));
    if (wanted.isEmpty()) {
      return none(refused(context, supported));
    }
    Optional<String> activations = context.property(NativeChoices.ACTIVATIONS);
    if (activations.isPresent() && !NativeChoices.isKnown(activations.get())) {
      return none(
          Finding.bad(
              Stage.ABLE,
              NativeChoices.ACTIVATIONS + " is " + activations.get(),
              "set it to int8 or f32, or leave it out"));
    }
    Optional<String> floats = context.property(NativeChoices.FLOATS);
    if (floats.isPresent() && !NativeChoices.isKnownFloats(floats.get())) {
      return none(
          Finding.bad(
              Stage.ABLE,
              NativeChoices.FLOATS + " is " + floats.get(),
              "set it to f32 or bf16, or leave it out"));
    }
    CpuKernels kernels = library.kernels(wanted.get());
    if (NativeChoices.brains(context) && !NativeMatMul.multipliesBrains(kernels)) {
      return none(
          Finding.bad(
              Stage.ABLE,
              NativeChoices.FLOATS + " is bf16, and " + wanted.get().id() + " has no such products",
              "leave it out"));
    }
    return new LoadedKernels(
        library,
        Optional.of(kernels),
        Finding.good(
            Stage.ABLE, "kernels for " + kernels.instructions().id() + " of " + library.place()));
  }

  private static Finding refused(ProbeContext context, List<InstructionSet> supported) {
    String here = supported.stream().map(InstructionSet::id).collect(Collectors.joining(", "));
    return Finding.bad(
        Stage.ABLE,
        CpuBackendProvider.INSTRUCTIONS
            + " is "
            + context.property(CpuBackendProvider.INSTRUCTIONS).orElse("")
            + ", here are "
            + here,
        "set it to one of these, or leave it out");
  }

  private static LoadedKernels none(Finding finding) {
    return new LoadedKernels(null, Optional.empty(), finding);
  }
}
