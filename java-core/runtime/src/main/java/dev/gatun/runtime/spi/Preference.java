package dev.gatun.runtime.spi;

/**
 * Ranks of the product's devices under the {@code auto} policy ({@link
 * DeviceCapabilities#preference}), side by side, so that they can be compared; backends of others
 * choose their own. Where several devices take a whole graph a short trial decides, and the rank
 * only without one.
 */
public final class Preference {
  /** Our own kernels on a GPU: most memory bandwidth and arithmetic of the machine. */
  public static final int GPU_KERNELS = 40;

  /** Our native kernels on the CPU. */
  public static final int CPU_KERNELS = 20;

  /** Our kernels on the Vector API: as exact, slower to start. */
  public static final int VECTOR_KERNELS = 10;

  /** What a vendor's library selects itself, when the user has told it how. */
  public static final int VENDOR_SELECTION = 6;

  /** A vendor's compiler on the CPU: less can be done with its sequences. */
  public static final int VENDOR_CPU = 5;

  /**
   * Only when the policy names the device, or asks for its kind of hardware: what no automatic
   * choice shall try, because it rounds more than the model's file, or was never run on such a
   * device.
   */
  public static final int ON_REQUEST = -1;

  /** Only when the policy names the device: a simulator. */
  public static final int BY_NAME = -2;

  private Preference() {}
}
