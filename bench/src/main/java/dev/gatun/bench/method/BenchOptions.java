package dev.gatun.bench.method;

import dev.gatun.bench.report.Method;
import dev.gatun.bench.stats.Bootstrap;
import dev.gatun.bench.stats.Difference;
import dev.gatun.bench.worker.Warmup;
import java.util.List;
import java.util.Map;

/**
 * How long and how often is measured.
 *
 * @param forks processes per device, one after the other
 * @param rounds per process
 * @param seconds that a device has for a test in a round, at least one query
 * @param warmSeconds after which a warm-up ends though times have not settled
 * @param perSecond rate of arrivals in the scenario SERVER; 0 for {@value #LOAD} of what the device
 *     can do
 */
public record BenchOptions(
    int forks, int rounds, double seconds, double warmSeconds, double perSecond) {
  /** Share of a device's own speed that arrives when nobody says. */
  public static final double LOAD = 0.7;

  public static final BenchOptions DEFAULT = new BenchOptions(1, 5, 0.5, 8, 0);
  public static final BenchOptions QUICK = new BenchOptions(1, 6, 0.2, 2, 0);
  public static final BenchOptions FULL = new BenchOptions(3, 8, 1, 15, 0);

  public BenchOptions {
    if (forks < 1 || rounds < 1 || seconds <= 0 || warmSeconds <= 0 || perSecond < 0) {
      throw new IllegalArgumentException("forks, rounds and times must be positive");
    }
  }

  /**
   * This method in words, for a report.
   *
   * @param threads of each device
   * @param batch tokens of one prefill block
   * @param flags of the measuring JVMs
   * @param settings that the user gave
   */
  public Method method(int threads, int batch, List<String> flags, Map<String, String> settings) {
    return new Method(
        forks,
        rounds,
        seconds,
        Warmup.TEXT,
        Bootstrap.TEXT,
        Difference.TEXT,
        threads,
        batch,
        System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"),
        flags,
        settings.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).toList());
  }

  public BenchOptions withForks(int count) {
    return new BenchOptions(count, rounds, seconds, warmSeconds, perSecond);
  }

  public BenchOptions withRounds(int count) {
    return new BenchOptions(forks, count, seconds, warmSeconds, perSecond);
  }

  public BenchOptions withSeconds(double each) {
    return new BenchOptions(forks, rounds, each, warmSeconds, perSecond);
  }

  public BenchOptions withPerSecond(double rate) {
    return new BenchOptions(forks, rounds, seconds, warmSeconds, rate);
  }
}
