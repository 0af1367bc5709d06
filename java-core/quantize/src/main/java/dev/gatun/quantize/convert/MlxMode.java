package dev.gatun.quantize.convert;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How MLX codes the numbers of a group. */
public enum MlxMode {
  /** Integers with a scale and a bias. */
  AFFINE(64, 4),
  /** E2M1 with an exponent in common (OCP Microscaling Formats 1.0). */
  MXFP4(32, 4),
  /** E4M3 with an exponent in common (OCP Microscaling Formats 1.0). */
  MXFP8(32, 8),
  /** E2M1 with a scale in E4M3. */
  NVFP4(16, 4);

  private final int group;
  private final int bits;

  MlxMode(int group, int bits) {
    this.group = group;
    this.bits = bits;
  }

  /** MLX's name of it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The mode that MLX calls so. */
  public static Optional<MlxMode> of(String id) {
    return Arrays.stream(values()).filter(mode -> mode.id().equals(id)).findFirst();
  }

  /** Numbers that share a scale where nothing is said; of all but affine the only choice. */
  public int group() {
    return group;
  }

  /** Bits of a code where nothing is said; of all but affine the only choice. */
  public int bits() {
    return bits;
  }
}
