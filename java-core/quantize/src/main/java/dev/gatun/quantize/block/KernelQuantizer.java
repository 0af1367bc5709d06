package dev.gatun.quantize.block;

import dev.gatun.runtime.BlockEncoders;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.BlockEncoder;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.util.function.Supplier;

/** The types that a backend's kernels encode. */
final class KernelQuantizer extends BlockQuantizer {
  private final BlockEncoder kernels;

  KernelQuantizer(DType dtype, BlockEncoder kernels) {
    super(dtype);
    this.kernels = kernels;
  }

  /**
   * What is there, looked for on first use.
   *
   * @throws GatunException when a setting asks for what is not there
   */
  static BlockEncoders found() {
    return Found.ENCODERS.get();
  }

  private static final class Found {
    static final Supplier<BlockEncoders> ENCODERS = look();

    private static Supplier<BlockEncoders> look() {
      try {
        BlockEncoders found = BlockEncoders.find(Settings.ofProcess());
        return () -> found;
      } catch (GatunException e) {
        return () -> {
          throw e;
        };
      }
    }
  }

  @Override
  public String encoder() {
    return kernels.name();
  }

  @Override
  void encode(
      float[] src,
      int srcOffset,
      int rows,
      int rowLength,
      float[] importance,
      byte[] dst,
      int dstOffset) {
    kernels.encode(dtype(), src, srcOffset, rows, rowLength, importance, dst, dstOffset);
  }
}
