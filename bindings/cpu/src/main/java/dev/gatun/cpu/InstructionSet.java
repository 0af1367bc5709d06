package dev.gatun.cpu;

import dev.gatun.cpu.generated.kernels.kernels_h;
import java.util.Locale;
import java.util.Optional;

/** Instruction sets that the library has kernels for; those of one processor narrowest first. */
public enum InstructionSet {
  PORTABLE(kernels_h.GATUN_CPU_PORTABLE()),
  AVX2(kernels_h.GATUN_CPU_AVX2()),
  AVXVNNI(kernels_h.GATUN_CPU_AVXVNNI()),
  AVX512(kernels_h.GATUN_CPU_AVX512()),
  AVX512VNNI(kernels_h.GATUN_CPU_AVX512VNNI()),
  AVX512BF16(kernels_h.GATUN_CPU_AVX512BF16()),
  AMX(kernels_h.GATUN_CPU_AMX()),
  NEON(kernels_h.GATUN_CPU_NEON()),
  DOTPROD(kernels_h.GATUN_CPU_DOTPROD()),
  I8MM(kernels_h.GATUN_CPU_I8MM());

  private final int code;

  InstructionSet(int code) {
    this.code = code;
  }

  /** The library's number of it. */
  int code() {
    return code;
  }

  /** As settings and kernel names write it: {@code avx512vnni}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<InstructionSet> of(String id) {
    for (InstructionSet set : values()) {
      if (set.id().equals(id)) {
        return Optional.of(set);
      }
    }
    return Optional.empty();
  }
}
