package dev.gatun.runtime.plan;

import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.tune.TuningStore;
import java.util.List;

/**
 * Which device runs which nodes, each with its cause. Immutable; usable while the runtime that made
 * it is open.
 *
 * @param slices in the order in which they run; together they hold every node once
 * @param passedOver devices and backends that the policy would have put first, or that were looked
 *     at and not chosen, with the finding that decided
 * @param tuned what is known of the best choices on the plan's only device
 */
public record Plan(
    PlanRequest request,
    List<Assignment> slices,
    List<PassedOver> passedOver,
    TuningStore.Found tuned) {
  /** A plan without tuning. */
  public Plan(PlanRequest request, List<Assignment> slices, List<PassedOver> passedOver) {
    this(request, slices, passedOver, TuningStore.Found.NOTHING);
  }

  public Plan {
    slices = List.copyOf(slices);
    passedOver = List.copyOf(passedOver);
  }

  /**
   * One slice on its device.
   *
   * @param cause one sentence for people
   */
  public record Assignment(GraphSlice slice, Device device, String cause) {}

  /**
   * A backend or device that does not run this plan, or not all of it.
   *
   * @param id backend or device id
   * @param fallback whether what runs stands in for it, which is to be shown on every run: the
   *     policy names it; or it is present here and not able; or it comes before what runs and does
   *     not take this graph
   * @param refusals nodes that it refused; empty when it failed for another reason
   */
  public record PassedOver(String id, boolean fallback, Finding finding, List<Refusal> refusals) {
    public PassedOver {
      refusals = List.copyOf(refusals);
    }
  }

  public Plan withTuned(TuningStore.Found found) {
    return new Plan(request, slices, passedOver, found);
  }

  /** Whether one device runs everything. */
  public boolean isSingle() {
    return slices.size() == 1;
  }

  /** What something else stands in for; not empty means: tell the user. */
  public List<PassedOver> fallbacks() {
    return passedOver.stream().filter(PassedOver::fallback).toList();
  }
}
