package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.ArenaPlan;
import dev.gatun.engine.memory.ArenaPlan.Lifetime;
import dev.gatun.engine.memory.GraphPlaces;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.memory.Storage;
import dev.gatun.engine.memory.Views;
import dev.gatun.engine.size.Extents;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.engine.state.CacheLayout;
import dev.gatun.gpuengine.kernel.KernelTexts;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import java.lang.foreign.SegmentAllocator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A graph compiled to steps over storages. Immutable; sessions share it. */
public final class GpuProgram {
  private final Graph graph;
  private final Extents extents;
  private final List<Storage> storages;
  private final List<Step> steps;
  private final List<Lifetime> lifetimes;
  private final CacheLayout cache;
  private final AttentionInputs attention;
  private final List<IndexInput> indices;
  private final List<Storage> dataSized;
  private final IdentityHashMap<Graph, Graph> bodies = new IdentityHashMap<>();

  private GpuProgram(GpuLowering lowering) {
    graph = lowering.graph();
    extents = lowering.extents();
    storages = List.copyOf(lowering.storages().all());
    steps = List.copyOf(lowering.steps());
    cache = lowering.cache();
    attention = lowering.attention();
    indices = List.copyOf(lowering.indices());
    dataSized = storages.stream().filter(Storage::dependsOnData).toList();
    for (Step step : steps) {
      if (step instanceof ControlStep control) {
        bodies.putAll(control.bodies());
      }
    }
    lifetimes = lifetimes();
  }

  /**
   * Compiles a graph.
   *
   * @param observe names of values that sessions make readable beside the outputs
   * @param memory for copies of small constants; the program's constant storages refer to it
   * @throws dev.gatun.runtime.spi.BackendException when a node is refused
   */
  public static GpuProgram compile(
      Graph graph,
      KernelTexts kernels,
      Arithmetic arithmetic,
      Set<String> observe,
      SegmentAllocator memory) {
    List<Value> results = GraphPlaces.results(graph, observe);
    Set<Integer> kept = results.stream().map(Value::id).collect(Collectors.toSet());
    var lowering = new GpuLowering(graph, kernels, arithmetic, kept, memory);
    lowering.lower();
    results.forEach(value -> expose(lowering, value));
    return new GpuProgram(lowering);
  }

  /** Gives a result a buffer: the storage that it is computed in, or a copy. */
  private static void expose(GpuLowering lowering, Value value) {
    Operand at = lowering.isConstant(value) ? lowering.stored(value) : lowering.operand(value);
    Storage storage = lowering.storages().get(at.storage());
    Value root = lowering.views().view(value).root();
    boolean whole = at.offset() == 0 && Views.sameSize(root.type(), value.type());
    if (storage.kind() == Storage.Kind.ARENA && whole) {
      lowering.storages().set(storage.as(Storage.Kind.OUTPUT, value));
      return;
    }
    Operand copy = lowering.storages().buffer(Storage.Kind.OUTPUT, value);
    Size elements = Size.of(lowering.elements(value.type()));
    lowering.add(
        new CopyStep(
            value.name(), at, copy, sizes -> value.type().dtype().byteSize(elements.of(sizes))));
  }

  private List<Lifetime> lifetimes() {
    Map<Integer, Lifetime> found = new LinkedHashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      for (Operand operand : steps.get(i).touched()) {
        Storage storage = storages.get(operand.storage());
        if (storage.kind() == Storage.Kind.ARENA && !dataSized.contains(storage)) {
          int step = i;
          found.merge(
              operand.storage(),
              new Lifetime(operand.storage(), step, step),
              (before, _) -> new Lifetime(before.storage(), before.first(), step));
        }
      }
    }
    return List.copyOf(found.values());
  }

  /** Names of the kernels that its steps run. */
  public Set<String> kernels() {
    return steps.stream()
        .filter(KernelStep.class::isInstance)
        .map(Step::unit)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  public Graph graph() {
    return graph;
  }

  public Extents extents() {
    return extents;
  }

  public List<Storage> storages() {
    return storages;
  }

  public List<Step> steps() {
    return steps;
  }

  public CacheLayout cache() {
    return cache;
  }

  /** What attention over tokens takes from the session; empty when there is none. */
  public Optional<AttentionInputs> attention() {
    return Optional.ofNullable(attention);
  }

  /** The subgraphs of its nodes, and each as it is to be compiled. */
  public IdentityHashMap<Graph, Graph> bodies() {
    return bodies;
  }

  /** Storages whose sizes are known only when a step has run; no plan has a place for them. */
  public List<Storage> dataSized() {
    return dataSized;
  }

  /** Inputs whose numbers must be checked before a run. */
  public List<IndexInput> indices() {
    return indices;
  }

  /** Places the activations of a session. */
  public ArenaPlan plan(SizeBound bound) {
    return new ArenaPlan(lifetimes, storages, bound);
  }

  @Override
  public String toString() {
    return graph.name() + ": " + steps.size() + " steps";
  }
}
