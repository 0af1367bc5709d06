package dev.gatun.runtime.session;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.CostSummary.NodeCost;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.runtime.plan.Explainer;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.plan.NodeEvent;
import dev.gatun.runtime.plan.NodeProfile;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import dev.gatun.runtime.spi.ExecutableSession.TimelineEvent;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.StateCapabilities;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A plan whose slices are compiled. Thread-safe; shared by its sessions. Owned by whoever asked for
 * it; closing the runtime closes it too, after its sessions.
 */
public final class CompiledPlan implements AutoCloseable {
  private final Plan plan;
  private final CompileOptions options;
  private final List<Executable> executables;
  private final List<String> strays;
  private final StateCapabilities state;
  private final Consumer<CompiledPlan> onClose;
  private final double compileSeconds;
  private final Set<Session> sessions = new HashSet<>();
  private final Map<String, NodeProfile> finished = new LinkedHashMap<>();
  private volatile WorkCount counting;
  private boolean closed;

  private CompiledPlan(
      Plan plan,
      CompileOptions options,
      List<Executable> executables,
      List<String> strays,
      double compileSeconds,
      Consumer<CompiledPlan> onClose) {
    this.compileSeconds = compileSeconds;
    this.strays = List.copyOf(strays);
    this.plan = plan;
    this.options = options;
    this.executables = List.copyOf(executables);
    this.onClose = onClose;
    state = CommonState.of(executables);
  }

  /**
   * Compiles every slice of a plan.
   *
   * @param onClose told once, when the result is closed
   * @throws IllegalArgumentException when a value to observe does not exist
   * @throws BackendException when a device fails; nothing stays open
   * @throws dev.gatun.runtime.BackendUnavailableException when a device is required, and its vendor
   *     runs nodes elsewhere
   */
  public static CompiledPlan compile(
      Plan plan, CompileOptions options, Consumer<CompiledPlan> onClose) {
    checkObserved(plan.request().graph(), options.observe());
    long start = System.nanoTime();
    List<Executable> executables = new ArrayList<>();
    List<String> strays = new ArrayList<>();
    try {
      for (Plan.Assignment assignment : plan.slices()) {
        Graph graph = assignment.slice().graph();
        CompileOptions own =
            options.withObserve(
                made(graph).stream()
                    .filter(options.observe()::contains)
                    .collect(Collectors.toSet()));
        executables.add(
            assignment.device().compile(assignment.slice(), plan.request().profiles(), own));
        Strays.check(plan, assignment, executables.getLast()).ifPresent(strays::add);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return new CompiledPlan(plan, options, executables, strays, seconds, onClose);
    } catch (RuntimeException e) {
      executables.reversed().forEach(Executable::close);
      throw e;
    }
  }

  private static void checkObserved(Graph graph, Set<String> observe) {
    Set<String> unknown = new HashSet<>(observe);
    unknown.removeAll(made(graph));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "no node of " + graph.name() + " computes " + unknown + ", which shall be observed");
    }
  }

  private static Set<String> made(Graph graph) {
    Set<String> names = new HashSet<>();
    graph.nodes().forEach(node -> node.outputs().forEach(value -> names.add(value.name())));
    return names;
  }

  public Plan plan() {
    return plan;
  }

  public CompileOptions options() {
    return options;
  }

  /**
   * Adds the work of every submission to {@code count} from now on.
   *
   * @param count null to stop
   */
  public void countWork(WorkCount count) {
    counting = count;
  }

  /** Told of every submission that ran. */
  void ran(Pipe pipe, Batch batch) {
    WorkCount count = counting;
    if (count != null) {
      count.add(plan.request().graph(), pipe.sizes(batch));
    }
  }

  /** Seconds that the devices took to compile their slices. */
  public double compileSeconds() {
    return compileSeconds;
  }

  /** What every slice's sessions can do with sequences. */
  public StateCapabilities state() {
    return state;
  }

  /** Bytes of weights that the executables hold beside the mapped file. */
  public long weightBytes() {
    return executables.stream().mapToLong(Executable::weightBytes).sum();
  }

  /** Bytes that the state of a session of so many positions takes. */
  public long stateBytes(int positions) {
    return executables.stream().mapToLong(executable -> executable.stateBytes(positions)).sum();
  }

  /**
   * Opens a session.
   *
   * @throws BackendException when the options exceed {@link #state()}, or memory is short
   */
  public synchronized Session newSession(SessionOptions sessionOptions) {
    if (closed) {
      throw new IllegalStateException("the compiled plan is closed");
    }
    boolean stateful = !plan.request().graph().states().isEmpty();
    if (stateful && sessionOptions.sequences() > state.maxSequences()) {
      throw new BackendException(
          "%d sequences in one session, but this plan holds at most %d; open more sessions instead"
              .formatted(sessionOptions.sequences(), state.maxSequences()));
    }
    Session session = new Session(this, sessionOptions);
    sessions.add(session);
    return session;
  }

  /** Where each node really runs, by node name: {@code device unit}. */
  public Map<String, String> placement() {
    Map<String, String> units = new LinkedHashMap<>();
    for (int i = 0; i < executables.size(); i++) {
      String device = plan.slices().get(i).device().info().id();
      for (Executable.NodePlacement placement : executables.get(i).placement()) {
        units.put(placement.node(), device + " " + placement.unit());
      }
    }
    return units;
  }

  /** The plan with its causes and shares, and what its vendors run elsewhere. */
  public Explanation explain() {
    return Explainer.explain(plan).withNotes(strays);
  }

  /**
   * Time per node of all sessions closed so far, in the order of the graph; empty unless compiled
   * with profiling. {@link Session#profile} has an open session's.
   */
  public synchronized List<NodeProfile> profile() {
    return List.copyOf(finished.values());
  }

  /** Closes the sessions, then the executables. Idempotent. */
  @Override
  public void close() {
    List<Session> open;
    synchronized (this) {
      if (closed) {
        return;
      }
      open = List.copyOf(sessions);
    }
    open.forEach(Session::close);
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    executables.reversed().forEach(Executable::close);
    onClose.accept(this);
  }

  List<Executable> executables() {
    return executables;
  }

  synchronized void closing(Session session, Pipe pipe, long tokens) {
    for (NodeProfile line : profileOf(pipe, tokens)) {
      finished.merge(line.device() + " " + line.node(), line, NodeProfile::plus);
    }
    sessions.remove(session);
  }

  /** What ran when in the last submission of a session's slices. */
  List<NodeEvent> timelineOf(Pipe pipe) {
    List<NodeEvent> events = new ArrayList<>();
    for (int i = 0; i < pipe.size(); i++) {
      String device = plan.slices().get(i).device().info().id();
      Map<String, String> ops = new HashMap<>();
      pipe.graph(i).nodes().forEach(node -> ops.put(node.name(), node.op().type()));
      for (TimelineEvent event : pipe.session(i).timeline()) {
        events.add(
            new NodeEvent(
                event.node(),
                ops.getOrDefault(event.node(), ""),
                device,
                event.unit(),
                event.worker(),
                event.start(),
                event.nanoseconds()));
      }
    }
    return events;
  }

  /** The timings of a session's slices, with the work that they stand for. */
  List<NodeProfile> profileOf(Pipe pipe, long tokens) {
    PlanRequest request = plan.request();
    Map<String, Long> sizes = request.typicalSizes();
    double scale = (double) tokens / Math.max(sizes.getOrDefault(Batch.TOKENS, 1L), 1);
    List<NodeProfile> lines = new ArrayList<>();
    for (int i = 0; i < pipe.size(); i++) {
      List<NodeTiming> timings = pipe.session(i).timings();
      if (timings.isEmpty()) {
        continue;
      }
      String device = plan.slices().get(i).device().info().id();
      List<NodeCost> costs = CostSummary.of(pipe.graph(i), sizes, 0).nodes();
      Map<String, Node> nodes = new HashMap<>();
      pipe.graph(i).nodes().forEach(node -> nodes.put(node.name(), node));
      Map<String, Cost> work =
          FusedCosts.of(
              pipe.graph(i),
              costs,
              timings.stream().map(NodeTiming::node).collect(Collectors.toSet()));
      for (NodeTiming timing : timings) {
        Node node = nodes.get(timing.node());
        Cost cost = work.getOrDefault(timing.node(), Cost.NONE);
        double share = tokens == 0 ? timing.runs() : scale;
        lines.add(
            new NodeProfile(
                timing.node(),
                node == null ? "" : node.op().type(),
                device,
                timing.unit(),
                timing.runs(),
                timing.nanoseconds(),
                cost.flops() * share,
                cost.weightBytes() * timing.runs() + cost.activationBytes() * share));
      }
    }
    return lines;
  }
}
