package dev.gatun.quantize.optimize;

import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is wanted: limits that must hold, and one metric that shall be as good as can be.
 *
 * @param limits that must hold
 * @param best the metric to improve
 */
public record Objective(List<Limit> limits, Metric best) {
  private static final Pattern TERM =
      Pattern.compile("([a-z]+)\\s*(?:(>=|<=)\\s*([0-9.]+(?:[eE]-?[0-9]+)?)\\s*(K|M|G|ms|us|s)?)?");

  /** A limit of a metric: at least for those of which more is better, else at most. */
  public record Limit(Metric metric, double value) {
    boolean holds(Measurement measured) {
      double found = measured.value(metric);
      return metric.more() ? found >= value : found <= value;
    }

    /** How far from holding, as a share of the limit; 0 when it holds. */
    double violation(Measurement measured) {
      double scale = value == 0 ? 1 : Math.abs(value);
      return holds(measured) ? 0 : Math.abs(measured.value(metric) - value) / scale;
    }

    @Override
    public String toString() {
      return metric.title() + (metric.more() ? ">=" : "<=") + value;
    }
  }

  public Objective {
    limits = List.copyOf(limits);
  }

  /**
   * Reads {@code accuracy>=0.99,latency}: limits with {@code >=} or {@code <=}, and a metric alone.
   * Sizes take K, M, G (powers of 1024), latencies s, ms, us.
   *
   * @throws GatunException when it is not of this form
   */
  public static Objective parse(String text) {
    List<Limit> limits = new ArrayList<>();
    Optional<Metric> best = Optional.empty();
    for (String term : text.split(",", -1)) {
      Matcher matcher = TERM.matcher(term.strip());
      Metric metric =
          matcher.matches() ? Metric.of(matcher.group(1)).orElseThrow(() -> wrong(term)) : null;
      if (metric == null) {
        throw wrong(term);
      }
      if (matcher.group(2) == null) {
        if (best.isPresent()) {
          throw new GatunException(
              GatunException.Kind.USAGE,
              "only one of %s and %s can be improved; give the other a limit"
                  .formatted(best.get().title(), metric.title()));
        }
        best = Optional.of(metric);
        continue;
      }
      if (metric.more() != matcher.group(2).equals(">=")) {
        throw wrong(term);
      }
      limits.add(new Limit(metric, Double.parseDouble(matcher.group(3)) * unit(matcher.group(4))));
    }
    return new Objective(limits, best.orElse(Metric.LATENCY));
  }

  /** Whether a metric is limited or improved. */
  public boolean names(Metric metric) {
    return best == metric || limits.stream().anyMatch(limit -> limit.metric() == metric);
  }

  /** Whether all limits hold. */
  public boolean met(Measurement measured) {
    return limits.stream().allMatch(limit -> limit.holds(measured));
  }

  /** How far all limits together are from holding; 0 when they do. */
  double violation(Measurement measured) {
    return limits.stream().mapToDouble(limit -> limit.violation(measured)).sum();
  }

  /** Whether one is to be preferred: first by limits, then by the metric to improve. */
  boolean prefers(Measurement one, Measurement other) {
    double here = violation(one);
    double there = violation(other);
    return here != there ? here < there : best.better(one.value(best), other.value(best));
  }

  private static double unit(String unit) {
    return switch (unit == null ? "" : unit) {
      case "K" -> 1 << 10;
      case "M" -> 1 << 20;
      case "G" -> 1 << 30;
      case "ms" -> 1e-3;
      case "us" -> 1e-6;
      default -> 1;
    };
  }

  private static GatunException wrong(String term) {
    return new GatunException(
        GatunException.Kind.USAGE,
        "'%s' is no part of a goal: there are accuracy>=N, kld<=N, task>=N, size<=N[K|M|G], latency<=N[ms], and one of them without a limit, to improve"
            .formatted(term.strip()));
  }
}
