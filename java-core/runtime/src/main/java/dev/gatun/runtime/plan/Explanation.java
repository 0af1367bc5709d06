package dev.gatun.runtime.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A plan in words and numbers, for people and for JSON: plain records without references to graphs
 * or devices. Shares are of one run at the first profile's typical sizes, from 0 to 1.
 *
 * @param policy as {@link Policy#text()}
 * @param slices in the order in which they run
 * @param devices share of nodes and of work per device
 * @param weights one line per weight format and device
 * @param copies values that pass from one device to another in each run
 * @param tuned choices in force that `tune` made; empty when it did not run
 * @param notes what else there is to say
 */
public record Explanation(
    String model,
    String policy,
    List<SliceLine> slices,
    List<DeviceLine> devices,
    List<WeightLine> weights,
    List<CopyLine> copies,
    List<PassedOverLine> passedOver,
    List<TunedLine> tuned,
    List<String> notes) {

  /** One slice: what runs where and why. */
  public record SliceLine(
      int index, String device, String firstNode, String lastNode, int nodes, String cause) {}

  /** One device of the plan. */
  public record DeviceLine(
      String device,
      String backend,
      String name,
      int nodes,
      double nodeShare,
      double flops,
      double flopShare,
      double bytes,
      double byteShare) {}

  /**
   * How a device uses the weights of one format.
   *
   * @param exactness {@code exact} or {@code requantized}
   * @param how in words
   */
  public record WeightLine(
      String device, String format, int tensors, long bytes, String exactness, String how) {}

  /** A value that crosses devices. */
  public record CopyLine(String value, String from, String to, long bytes) {}

  /**
   * What does not run, or not all, and why.
   *
   * @param fallback whether what runs stands in for it
   */
  public record PassedOverLine(
      String id,
      boolean fallback,
      String stage,
      String reason,
      String remedy,
      int refusedNodes,
      List<String> examples) {}

  /**
   * What was tuned.
   *
   * @param ratio speed with the choices over speed without, when they were measured
   * @param date ISO 8601
   * @param text the same for people
   */
  public record TunedLine(
      String device, Map<String, String> choices, double ratio, String date, String text) {}

  /** With more to say. */
  public Explanation withNotes(List<String> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(notes);
    all.addAll(more);
    return new Explanation(
        model, policy, slices, devices, weights, copies, passedOver, tuned, List.copyOf(all));
  }

  /** A table for a terminal, lines ending in line feeds. */
  public String toText() {
    return ExplanationText.format(this);
  }
}
