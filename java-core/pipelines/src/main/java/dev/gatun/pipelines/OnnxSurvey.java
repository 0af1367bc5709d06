package dev.gatun.pipelines;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.CostSummary.NodeCost;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explainer;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an ONNX network asks of this machine: its ops, and which backend would take how much of it.
 * Nothing is compiled.
 *
 * @param file name of the ONNX file
 * @param inputs and their types
 * @param outputs and their types
 * @param ops how many nodes of each op remain after optimization
 * @param flops of one run at the sizes below
 * @param sizes of the dimensions that the file leaves open: 1 for the first of an input, 320 for
 *     the sides of pictures, else 128, as far as bounds allow
 * @param devices one line per device of every able backend
 * @param absent backends without a device here
 * @param plan what the policy would choose; empty when nothing takes the network
 * @param problem why there is no plan; empty when there is one
 */
public record OnnxSurvey(
    String file,
    List<String> inputs,
    List<String> outputs,
    Map<String, Integer> ops,
    double flops,
    Map<String, Long> sizes,
    List<DeviceLine> devices,
    List<AbsentLine> absent,
    Optional<Explanation> plan,
    String problem) {
  /**
   * How much one device takes.
   *
   * @param nodes that it takes
   * @param nodeShare from 0 to 1
   * @param flopShare from 0 to 1
   * @param ops that it takes, of all kinds of ops
   * @param refused grouped by op and reason
   */
  public record DeviceLine(
      String device,
      int nodes,
      double nodeShare,
      double flopShare,
      int ops,
      List<RefusedLine> refused) {}

  /** Nodes of one op that are refused for one reason. */
  public record RefusedLine(String op, int nodes, String reason, String remedy, String example) {}

  /** A backend that cannot be asked. */
  public record AbsentLine(String backend, String reason, String remedy) {}

  /**
   * Surveys the networks of a model, in their order.
   *
   * @param located whose files end in {@code .onnx}; others are passed over
   * @param shapes of inputs, by name; what is missing stays open
   * @throws dev.gatun.tensor.GatunException when a network cannot be imported
   */
  public static List<OnnxSurvey> of(
      GatunRuntime runtime, LocatedModel located, Policy policy, Map<String, Shape> shapes) {
    List<OnnxSurvey> surveys = new ArrayList<>();
    for (Path network : located.paths()) {
      if (network.toString().endsWith(".onnx")) {
        try (OnnxFile file = OnnxFile.open(network)) {
          NetworkSpec spec = NetworkSpec.usual(network, policy, shapes);
          surveys.add(of(runtime, file, OnnxNetwork.request(file, spec)));
        }
      }
    }
    return surveys;
  }

  private static OnnxSurvey of(GatunRuntime runtime, OnnxFile file, PlanRequest request) {
    Graph graph = request.graph();
    CostSummary costs = CostSummary.of(graph, request.typicalSizes(), 0);
    Map<String, Integer> ops = new TreeMap<>();
    graph.nodes().forEach(node -> ops.merge(node.op().type(), 1, Integer::sum));
    List<DeviceLine> lines = new ArrayList<>();
    for (Device device : runtime.devices()) {
      lines.add(line(device, request, costs, ops));
    }
    List<AbsentLine> absent = new ArrayList<>();
    for (BackendStatus backend : runtime.backends()) {
      if (backend.devices().isEmpty()) {
        absent.add(new AbsentLine(backend.id(), backend.reason(), backend.remedy()));
      }
    }
    Optional<Explanation> plan = Optional.empty();
    String problem = "";
    try {
      plan = Optional.of(Explainer.explain(runtime.plan(request)));
    } catch (BackendUnavailableException e) {
      problem = e.getMessage();
    }
    return new OnnxSurvey(
        file.path().getFileName().toString(),
        graph.inputs().stream().map(Value::toString).toList(),
        graph.outputs().stream().map(Value::toString).toList(),
        ops,
        costs.total().flops(),
        costs.sizes(),
        lines,
        absent,
        plan,
        problem);
  }

  private static DeviceLine line(
      Device device, PlanRequest request, CostSummary costs, Map<String, Integer> ops) {
    Assessment assessment = device.assess(request.graph(), request.profiles());
    boolean[] refusedNodes = new boolean[request.graph().nodes().size()];
    Map<String, RefusedLine> refused = new LinkedHashMap<>();
    Map<String, Integer> left = new TreeMap<>(ops);
    for (Refusal refusal : assessment.refusals()) {
      String op = refusal.node().op().type();
      refusedNodes[refusal.node().id()] = true;
      left.merge(op, -1, Integer::sum);
      refused.merge(
          op + "\n" + refusal.reason(),
          new RefusedLine(op, 1, refusal.reason(), refusal.remedy(), refusal.node().name()),
          (a, b) -> new RefusedLine(op, a.nodes() + 1, a.reason(), a.remedy(), a.example()));
    }
    Cost taken = Cost.NONE;
    int nodes = 0;
    for (NodeCost each : costs.nodes()) {
      if (!refusedNodes[each.node().id()]) {
        taken = taken.plus(each.cost());
        nodes++;
      }
    }
    return new DeviceLine(
        device.info().id(),
        nodes,
        share(nodes, costs.nodes().size()),
        share(taken.flops(), costs.total().flops()),
        (int) left.values().stream().filter(count -> count > 0).count(),
        List.copyOf(refused.values()));
  }

  private static double share(double part, double all) {
    return all == 0 ? 1 : part / all;
  }
}
