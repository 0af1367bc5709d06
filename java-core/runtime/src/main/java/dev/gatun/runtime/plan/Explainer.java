package dev.gatun.runtime.plan;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.runtime.plan.Explanation.CopyLine;
import dev.gatun.runtime.plan.Explanation.DeviceLine;
import dev.gatun.runtime.plan.Explanation.PassedOverLine;
import dev.gatun.runtime.plan.Explanation.SliceLine;
import dev.gatun.runtime.plan.Explanation.TunedLine;
import dev.gatun.runtime.plan.Explanation.WeightLine;
import dev.gatun.runtime.plan.Plan.Assignment;
import dev.gatun.runtime.plan.Plan.PassedOver;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.WeightUse;
import dev.gatun.runtime.tune.Tuning;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Puts a plan in words and numbers. */
public final class Explainer {
  private static final int EXAMPLES = 3;

  private Explainer() {}

  /** Explains a plan; nothing runs. */
  public static Explanation explain(Plan plan) {
    return new Explanation(
        plan.request().graph().name(),
        plan.request().policy().text(),
        slices(plan),
        devices(plan),
        weights(plan),
        copies(plan),
        plan.passedOver().stream().map(Explainer::passedOver).toList(),
        plan.tuned().tuning().stream().map(Explainer::tuned).toList(),
        plan.tuned().ignored().stream().toList());
  }

  private static TunedLine tuned(Tuning tuning) {
    return new TunedLine(
        tuning.device(),
        tuning.choices(),
        tuning.ratio(),
        tuning.date().toString(),
        tuning.toString());
  }

  private static List<SliceLine> slices(Plan plan) {
    List<SliceLine> lines = new ArrayList<>();
    for (Assignment assignment : plan.slices()) {
      List<Node> nodes = assignment.slice().graph().nodes();
      lines.add(
          new SliceLine(
              lines.size(),
              assignment.device().info().id(),
              nodes.isEmpty() ? "" : nodes.getFirst().name(),
              nodes.isEmpty() ? "" : nodes.getLast().name(),
              nodes.size(),
              assignment.cause()));
    }
    return lines;
  }

  private static List<DeviceLine> devices(Plan plan) {
    Map<String, Long> sizes = plan.request().typicalSizes();
    Map<Device, Cost> costs = new LinkedHashMap<>();
    Map<Device, Integer> nodes = new LinkedHashMap<>();
    Cost all = Cost.NONE;
    int count = 0;
    for (Assignment assignment : plan.slices()) {
      Graph graph = assignment.slice().graph();
      Cost cost = CostSummary.of(graph, sizes, 0).total();
      costs.merge(assignment.device(), cost, Cost::plus);
      nodes.merge(assignment.device(), graph.nodes().size(), Integer::sum);
      all = all.plus(cost);
      count += graph.nodes().size();
    }
    List<DeviceLine> lines = new ArrayList<>();
    for (Map.Entry<Device, Cost> entry : costs.entrySet()) {
      Device device = entry.getKey();
      Cost cost = entry.getValue();
      lines.add(
          new DeviceLine(
              device.info().id(),
              device.info().backend(),
              device.info().name(),
              nodes.get(device),
              share(nodes.get(device), count),
              cost.flops(),
              share(cost.flops(), all.flops()),
              cost.bytes(),
              share(cost.bytes(), all.bytes())));
    }
    return lines;
  }

  private static List<WeightLine> weights(Plan plan) {
    record Sum(int tensors, long bytes) {}
    Map<Device, Map<DType, Sum>> sums = new LinkedHashMap<>();
    for (Assignment assignment : plan.slices()) {
      Map<DType, Sum> formats = sums.computeIfAbsent(assignment.device(), _ -> new TreeMap<>());
      for (Constant constant : assignment.slice().graph().constants()) {
        formats.merge(
            constant.data().dtype(),
            new Sum(1, constant.data().data().byteSize()),
            (a, b) -> new Sum(a.tensors + b.tensors, a.bytes + b.bytes));
      }
    }
    List<WeightLine> lines = new ArrayList<>();
    sums.forEach((device, formats) ->
        formats.forEach((format, sum) -> {
          WeightUse use = device.weightUse(format);
          lines.add(
              new WeightLine(
                  device.info().id(),
                  format.name(),
                  sum.tensors,
                  sum.bytes,
                  use.exact() ? "exact" : "requantized",
                  use.how()));
        }));
    return lines;
  }

  private static List<CopyLine> copies(Plan plan) {
    Map<String, Long> sizes = plan.request().typicalSizes();
    Map<String, Assignment> producers = new LinkedHashMap<>();
    List<CopyLine> lines = new ArrayList<>();
    for (Assignment assignment : plan.slices()) {
      for (Value input : assignment.slice().graph().inputs()) {
        Assignment producer = producers.get(input.name());
        if (producer != null
            && !producer.device().info().id().equals(assignment.device().info().id())) {
          lines.add(
              new CopyLine(
                  input.name(),
                  producer.device().info().id(),
                  assignment.device().info().id(),
                  (long) ByteSizes.bytes(input.type(), sizes)));
        }
      }
      assignment.slice().graph().outputs().forEach(o -> producers.put(o.name(), assignment));
    }
    return lines;
  }

  private static PassedOverLine passedOver(PassedOver passed) {
    return new PassedOverLine(
        passed.id(),
        passed.fallback(),
        passed.finding().stage().name().toLowerCase(Locale.ROOT),
        passed.finding().reason(),
        passed.finding().remedy(),
        passed.refusals().size(),
        passed.refusals().stream()
            .limit(EXAMPLES)
            .map(refusal -> refusal.node().name() + ": " + refusal.reason())
            .toList());
  }

  private static double share(double part, double all) {
    return all == 0 ? 0 : part / all;
  }
}
