package dev.gatun.quantize.advise;

import dev.gatun.quantize.mix.FileType;
import java.util.List;

/** The machine that a model shall run on. */
public enum Target {
  CPU("cpu", "any CPU"),
  INTEL("openvino", "an Intel machine"),
  APPLE("cpu", "an Apple machine"),
  NVIDIA("cpu", "a machine with an NVIDIA GPU"),
  SNAPDRAGON("cpu", "a Snapdragon machine");

  private final String backend;
  private final String title;

  Target(String backend, String title) {
    this.backend = backend;
    this.title = title;
  }

  /** The backend that runs a language model there in this version. */
  public String backend() {
    return backend;
  }

  /** For messages. */
  public String title() {
    return title;
  }

  /** What must be said about this machine, whatever the goal. */
  List<String> remarks() {
    return switch (this) {
      case CPU ->
          List.of(
              "every GGUF type has a kernel of its own on cpu, so the choice is one of size and quality alone");
      case INTEL ->
          List.of(
              "openvino keeps weights packed and exact for Q4_0, Q4_1, Q4_K, Q5_0, Q8_0 and their mixes (gatun explain says so of each format); what it would have to requantize is passed over",
              "GPU and NPU through openvino: not run on device");
      case APPLE ->
          List.of(
              "the metal backend reads weights where the file is mapped, without a copy: not run on device",
              "for MLX itself, gatun convert writes 4-bit groups of 64");
      case NVIDIA ->
          List.of(
              "the cuda backend runs nothing yet in this version, so the model runs on cpu; what fits the GPU's memory later is the same file");
      case SNAPDRAGON ->
          List.of(
              "the NPU takes weights with one scale per channel and static shapes only: blocks of 32 fall to the CPU there, so a GGUF model runs on cpu (not run on device)",
              "networks for the NPU are made with gatun quantize --target qnn-htp");
    };
  }

  /** Whether its backend runs a type as it is stored. */
  boolean takes(FileType type) {
    if (this != INTEL) {
      return true;
    }
    return switch (type) {
      case F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K_S, Q4_K_M, Q5_K_S, Q5_K_M, Q6_K ->
          true;
      default -> false;
    };
  }
}
