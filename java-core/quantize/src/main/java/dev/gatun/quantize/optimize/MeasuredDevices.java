package dev.gatun.quantize.optimize;

import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The devices on which the latency of artifacts is measured.
 *
 * @param policy what chooses the device, where {@code ids} are empty
 * @param ids of devices or backends; {@link #ALL} for each that this machine has
 */
public record MeasuredDevices(Policy policy, List<String> ids) {
  /** Stands for each device of the machine. */
  public static final String ALL = "all";

  /** Most runs that are timed on a device. */
  private static final int RUNS = 41;

  private static final int FEWEST_RUNS = 5;
  private static final int WARMING = 8;

  /** Nanoseconds after which a slow device is not run again. */
  private static final long ENOUGH = 3_000_000_000L;

  public MeasuredDevices {
    ids = List.copyOf(ids);
  }

  /** Only the one that the policy chooses. */
  public static MeasuredDevices of(Policy policy) {
    return new MeasuredDevices(policy, List.of());
  }

  /** Opens a model on a device. */
  interface Opener {
    /**
     * Opens it.
     *
     * @throws BackendUnavailableException when the policy cannot be kept
     */
    Opened open(Policy policy);
  }

  /** A model on a device. */
  interface Opened extends AutoCloseable {
    /** The devices that run it. */
    String device();

    /** Runs once more; {@code run} counts from 0. */
    void run(int run);

    @Override
    void close();
  }

  /**
   * Times one run on each device.
   *
   * @param listener told which devices do not run the model, and why
   * @throws BackendUnavailableException when none does
   */
  List<DeviceTime> time(GatunRuntime runtime, Opener opener, Consumer<String> listener) {
    if (ids.isEmpty()) {
      return List.of(time(opener, policy));
    }
    List<String> wanted =
        ids.contains(ALL)
            ? runtime.devices().stream().map(device -> device.info().id()).toList()
            : ids;
    List<DeviceTime> times = new ArrayList<>();
    BackendUnavailableException last = null;
    for (String id : wanted) {
      try {
        times.add(time(opener, Policy.require(id)));
      } catch (BackendUnavailableException e) {
        listener.accept(id + " was not measured: " + e.getMessage());
        last = e;
      }
    }
    if (times.isEmpty() && last != null) {
      throw last;
    }
    return times;
  }

  private static DeviceTime time(Opener opener, Policy policy) {
    try (Opened opened = opener.open(policy)) {
      long begin = System.nanoTime();
      int next = 0;
      while (next < WARMING && System.nanoTime() - begin < ENOUGH) {
        opened.run(next++);
      }
      long[] times = new long[RUNS];
      int count = 0;
      begin = System.nanoTime();
      while (count < RUNS && (count < FEWEST_RUNS || System.nanoTime() - begin < ENOUGH)) {
        long start = System.nanoTime();
        opened.run(next++);
        times[count++] = System.nanoTime() - start;
      }
      return DeviceTime.of(opened.device(), Arrays.copyOf(times, count));
    }
  }
}
