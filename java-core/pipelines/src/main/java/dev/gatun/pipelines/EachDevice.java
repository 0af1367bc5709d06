package dev.gatun.pipelines;

import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Runs the same work on every device of this machine, one after the other, to compare results. */
public final class EachDevice {
  private static final int RUNS = 3;

  private EachDevice() {}

  /**
   * What one device gave, or why it gave nothing.
   *
   * @param id of the device; of the backend when it has no device here
   * @param result empty when it did not run
   * @param loadSeconds until the pipeline was ready
   * @param runSeconds the shortest of the runs after the first
   * @param reason why it did not run; empty when it did
   * @param remedy what the user can do; may be empty
   */
  public record Outcome<T>(
      String id,
      Optional<T> result,
      double loadSeconds,
      double runSeconds,
      String reason,
      String remedy) {}

  /**
   * Runs the work on every device but emulated ones, which are no hardware, and slow; they are
   * outcomes, too, with the reason. So is a device that refuses or fails; other errors, such as a
   * model that is damaged, end it all.
   *
   * @param load makes the pipeline that keeps to a policy; it is closed here
   * @param work runs four times; the first result is kept
   */
  public static <P extends Pipeline, T> List<Outcome<T>> run(
      GatunRuntime runtime, Function<Policy, P> load, Function<P, T> work) {
    List<Outcome<T>> outcomes = new ArrayList<>();
    for (BackendStatus backend : runtime.backends()) {
      if (backend.devices().isEmpty()) {
        outcomes.add(nothing(backend.id(), backend.reason(), backend.remedy()));
      }
      for (DeviceInfo device : backend.devices()) {
        outcomes.add(
            device.isEmulated()
                ? nothing(
                    device.id(),
                    "it is emulated on the processor (%s)".formatted(device.name()),
                    "to run on it all the same, name it: --backend " + device.id())
                : run(device.id(), load, work));
      }
    }
    return outcomes;
  }

  private static <P extends Pipeline, T> Outcome<T> run(
      String device, Function<Policy, P> load, Function<P, T> work) {
    long start = System.nanoTime();
    try (P pipeline = load.apply(Policy.require(device))) {
      final double loaded = seconds(start);
      final T result = work.apply(pipeline);
      double shortest = Double.POSITIVE_INFINITY;
      for (int i = 0; i < RUNS; i++) {
        long from = System.nanoTime();
        var _ = work.apply(pipeline);
        shortest = Math.min(shortest, seconds(from));
      }
      return new Outcome<>(device, Optional.of(result), loaded, shortest, "", "");
    } catch (BackendUnavailableException e) {
      return nothing(device, e.getMessage(), e.remedy());
    } catch (GatunException e) {
      if (e.kind() != GatunException.Kind.FAILURE) {
        throw e;
      }
      return nothing(device, "failed: " + e.getMessage(), "");
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static <T> Outcome<T> nothing(String id, String reason, String remedy) {
    return new Outcome<>(id, Optional.empty(), 0, 0, reason, remedy);
  }
}
