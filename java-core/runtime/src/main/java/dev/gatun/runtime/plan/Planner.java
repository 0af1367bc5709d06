package dev.gatun.runtime.plan;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.plan.Plan.Assignment;
import dev.gatun.runtime.plan.Plan.PassedOver;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.Preference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Decides which device runs which nodes: one device for the whole graph when one takes it and it
 * fits; otherwise slices with as few copies between devices as possible. A device that comes first
 * and lacks the memory gets the part that it can hold, and the next device the rest. Everything
 * that the policy would have put first and that does not run is named with its reason.
 */
public final class Planner {
  private final Candidates candidates;
  private final long memoryBudget;
  private final Optional<TrialRunner> trials;
  private final Map<String, Finding> excluded;
  private final OptionalInt gpuLayers;

  /**
   * A planner for one request.
   *
   * @param memoryBudget bytes that engines may allocate on the host
   * @param trials empty: no trials, the rank decides
   * @param excluded devices that failed before, by id
   * @param gpuLayers how many layers a GPU takes; empty: as many as fit
   */
  public Planner(
      Candidates candidates,
      long memoryBudget,
      Optional<TrialRunner> trials,
      Map<String, Finding> excluded,
      OptionalInt gpuLayers) {
    this.candidates = candidates;
    this.memoryBudget = memoryBudget;
    this.trials = trials;
    this.excluded = Map.copyOf(excluded);
    this.gpuLayers = gpuLayers;
  }

  /** A device that takes the whole graph. */
  private record Whole(Ranked ranked, String cause) {}

  /**
   * Plans.
   *
   * @throws BackendUnavailableException when the policy allows no devices that run the graph
   */
  public Plan plan(PlanRequest request) {
    List<Ranked> ranked = Ranked.rank(candidates, request.policy());
    List<PassedOver> passedOver = new ArrayList<>(unable(request.policy()));
    List<Whole> whole = new ArrayList<>();
    List<Sliceable> partly = new ArrayList<>();
    List<Ranked> tight = new ArrayList<>();
    for (Ranked entry : ranked) {
      look(request, entry, whole, partly, tight, passedOver);
    }
    passedOver.addAll(onRequest(ranked, request.policy()));
    partly.addAll(new MemorySplit(request, fit(request), gpuLayers).offers(tight));
    // A preferred device that takes a part comes before any other that takes all.
    boolean preferredPart =
        partly.stream().anyMatch(part -> part.ranked().preferred())
            && whole.stream().noneMatch(entry -> entry.ranked().preferred());
    if (!whole.isEmpty() && !preferredPart) {
      return choose(request, whole, passedOver);
    }
    whole.forEach(entry -> partly.add(Sliceable.all(entry.ranked(), request.graph())));
    return new SlicePlanner(request, memoryBudget)
        .plan(partly, passedOver)
        .map(this::asAsked)
        .or(() ->
            whole.isEmpty() ? Optional.empty() : Optional.of(choose(request, whole, passedOver)))
        .orElseThrow(() -> Unavailable.of(candidates, request, ranked, passedOver, partly));
  }

  private void look(
      PlanRequest request,
      Ranked entry,
      List<Whole> whole,
      List<Sliceable> partly,
      List<Ranked> tight,
      List<PassedOver> passedOver) {
    Device device = entry.device();
    String id = device.info().id();
    boolean fallback = entry.preferred() || whole.isEmpty();
    if (excluded.containsKey(id)) {
      passedOver.add(new PassedOver(id, true, excluded.get(id), List.of()));
      return;
    }
    Assessment assessment = device.assess(request.graph(), request.profiles());
    if (!assessment.takesAll()) {
      partly.add(new Sliceable(entry, assessment));
      passedOver.add(
          new PassedOver(
              id,
              fallback,
              Finding.bad(
                  Stage.FIT,
                  assessment.refusals().isEmpty()
                      ? "takes the graph only in parts"
                      : "refuses %d of %d nodes"
                          .formatted(assessment.refusals().size(), request.graph().nodes().size()),
                  ""),
              assessment.refusals()));
      return;
    }
    Finding fit = fit(request, device);
    if (fit.good()) {
      whole.add(new Whole(entry, entry.cause() + "; takes the whole graph, " + fit.reason()));
    } else {
      passedOver.add(new PassedOver(id, fallback, fit, List.of()));
      if (device.info().kind() == Kind.GPU && !(request.policy() instanceof Policy.Require)) {
        boolean fastest =
            request.policy() instanceof Policy.Auto
                || request.policy() instanceof Policy.MaxPerformance;
        boolean unasked = device.capabilities().preference() >= 0;
        boolean first = entry.preferred() || (fastest && unasked && whole.isEmpty());
        tight.add(new Ranked(device, first, entry.cause()));
      }
    }
  }

  /** Whether the device has the memory for all, and may take all. */
  private Finding fit(PlanRequest request, Device device) {
    return device.info().kind() == Kind.GPU && layersAsked(request.graph()).isPresent()
        ? layersAsked(request.graph()).get()
        : fit(request).check(device, request.graph());
  }

  /** That GPUs are asked to take a part; empty when they may take all. */
  private Optional<Finding> layersAsked(Graph graph) {
    int layers = graph.states().size();
    return gpuLayers.orElse(layers) < layers
        ? Optional.of(
            Finding.bad(
                Stage.FIT,
                "%s is %d of %d layers"
                    .formatted(Settings.GPU_LAYERS, gpuLayers.getAsInt(), layers),
                "leave it out, and the device takes as many as fit"))
        : Optional.empty();
  }

  /** Nothing stands in for GPUs that take the part that they are asked for. */
  private Plan asAsked(Plan plan) {
    Optional<Finding> asked = layersAsked(plan.request().graph());
    int taken =
        plan.slices().stream()
            .filter(slice -> slice.device().info().kind() == Kind.GPU)
            .mapToInt(slice -> slice.slice().graph().states().size())
            .sum();
    if (asked.isEmpty() || taken == 0) {
      return plan;
    }
    boolean all = taken >= gpuLayers.getAsInt();
    String reason = asked.get().reason() + (all ? "" : "; there is room for " + taken);
    var finding = new Finding(Stage.FIT, all, reason, "", Optional.empty());
    List<PassedOver> lines =
        plan.passedOver().stream()
            .map(line ->
                line.finding().equals(asked.get())
                    ? new PassedOver(line.id(), line.fallback() && !all, finding, line.refusals())
                    : line)
            .toList();
    return new Plan(plan.request(), plan.slices(), lines, plan.tuned());
  }

  private MemoryFit fit(PlanRequest request) {
    return new MemoryFit(request, memoryBudget);
  }

  /** Devices that this policy leaves alone and another would take. */
  private List<PassedOver> onRequest(List<Ranked> ranked, Policy policy) {
    if (policy instanceof Policy.Require) {
      return List.of();
    }
    return candidates.devices().stream()
        .filter(device -> device.capabilities().preference() == Preference.ON_REQUEST)
        .filter(device -> ranked.stream().noneMatch(entry -> entry.is(device)))
        .map(device -> {
          String id = device.info().id();
          String remedy = "`--prefer %s` takes it".formatted(id);
          return new PassedOver(
              id,
              false,
              new Finding(Stage.FIT, true, "used on request only", remedy, Optional.empty()),
              List.of());
        })
        .toList();
  }

  /** Backends that are not able and that the user may have counted on. */
  private List<PassedOver> unable(Policy policy) {
    List<PassedOver> lines = new ArrayList<>();
    for (Candidates.Unable unable : candidates.unable()) {
      boolean named =
          policy instanceof Policy.Prefer(List<String> ids)
              && ids.stream()
                  .anyMatch(id -> id.equals(unable.id()) || id.startsWith(unable.id() + ":"));
      boolean broken = unable.module() && unable.finding().stage() != Stage.PRESENT;
      boolean shown =
          switch (unable.hardware()) {
            case ANY -> unable.module();
            case ABSENT -> broken;
            case ON_REQUEST, MISSED -> true;
          };
      if (named || shown) {
        boolean missed = unable.module() && unable.hardware() == Candidates.Unable.Hardware.MISSED;
        boolean fallback = named || broken || missed;
        lines.add(new PassedOver(unable.id(), fallback, unable.finding(), List.of()));
      }
    }
    return lines;
  }

  private Plan choose(PlanRequest request, List<Whole> whole, List<PassedOver> passedOver) {
    boolean measure =
        request.policy() instanceof Policy.Auto
            || request.policy() instanceof Policy.MaxPerformance;
    if (measure && whole.size() > 1 && trials.isPresent()) {
      Optional<Plan> fastest = fastest(request, whole, passedOver);
      if (fastest.isPresent()) {
        return fastest.get();
      }
    }
    for (Whole other : whole.subList(1, whole.size())) {
      passedOver.add(lost(other, Stage.FIT, "comes after " + id(whole.getFirst())));
    }
    return single(request, whole.getFirst(), whole.getFirst().cause(), passedOver);
  }

  /** The device with the shortest trial; empty when every trial failed. */
  private Optional<Plan> fastest(
      PlanRequest request, List<Whole> whole, List<PassedOver> passedOver) {
    Whole best = null;
    TrialRunner.Trial bestTrial = null;
    List<PassedOver> lines = new ArrayList<>();
    for (Whole entry : whole) {
      TrialRunner.Trial trial =
          trials
              .orElseThrow()
              .run(
                  single(request, entry, entry.cause(), List.of()),
                  bestTrial == null ? Long.MAX_VALUE : bestTrial.nanoseconds());
      if (!trial.finding().good()) {
        lines.add(new PassedOver(id(entry), true, trial.finding(), List.of()));
      } else if (best == null || trial.nanoseconds() < bestTrial.nanoseconds()) {
        if (best != null) {
          lines.add(lost(best, Stage.MEASURED, bestTrial.finding().reason()));
        }
        best = entry;
        bestTrial = trial;
      } else {
        lines.add(lost(entry, Stage.MEASURED, trial.finding().reason()));
      }
    }
    if (best == null) {
      return Optional.empty();
    }
    passedOver.addAll(lines);
    String cause =
        "fastest of %d devices in a short trial: %s"
            .formatted(whole.size(), bestTrial.finding().reason());
    return Optional.of(single(request, best, cause, passedOver));
  }

  private static PassedOver lost(Whole entry, Stage stage, String reason) {
    return new PassedOver(id(entry), false, Finding.good(stage, reason), List.of());
  }

  private static String id(Whole entry) {
    return entry.ranked().device().info().id();
  }

  private static Plan single(
      PlanRequest request, Whole entry, String cause, List<PassedOver> passedOver) {
    Graph graph = request.graph();
    return new Plan(
        request,
        List.of(new Assignment(GraphSlice.whole(graph), entry.ranked().device(), cause)),
        passedOver);
  }
}
