package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuLibrary;
import dev.gatun.cpu.InstructionSet;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.BlockEncoder;
import dev.gatun.runtime.spi.BlockEncoderProvider;
import java.util.List;
import java.util.Optional;

/** Encoders of blocks with native kernels; chosen by the backend's settings. */
public final class CpuBlockEncoderProvider implements BlockEncoderProvider {
  public CpuBlockEncoderProvider() {}

  @Override
  public String id() {
    return CpuBackendProvider.ID;
  }

  @Override
  public BlockEncoder open(Settings settings) {
    CpuLibrary.Lookup lookup;
    try {
      lookup = CpuLibrary.load(settings::get, settings.home());
    } catch (IllegalCallerException e) {
      throw new BackendException("this JVM denies native access: " + e.getMessage(), e);
    }
    CpuLibrary library =
        lookup
            .library()
            .orElseThrow(() ->
                new BackendException(
                    "the library of native kernels does not load: "
                        + String.join("; ", lookup.failures())));
    List<InstructionSet> supported = library.supported();
    Optional<String> asked = settings.get(CpuBackendProvider.INSTRUCTIONS);
    InstructionSet wanted =
        asked.isEmpty()
            ? supported.getLast()
            : InstructionSet.of(asked.get())
                .filter(supported::contains)
                .orElseThrow(() ->
                    new BackendException(
                        CpuBackendProvider.INSTRUCTIONS
                            + " is "
                            + asked.get()
                            + ", which this processor or library lacks"));
    return new NativeBlockEncoder(library.kernels(wanted));
  }
}
