package dev.gatun.cpuengine.compile;

import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.step.CopyStep;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.cpuengine.weight.WeightStore;
import dev.gatun.engine.memory.ArenaPlan;
import dev.gatun.engine.memory.ArenaPlan.Lifetime;
import dev.gatun.engine.memory.GraphPlaces;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.memory.Storage;
import dev.gatun.engine.memory.Views;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.Extents;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.engine.state.CacheLayout;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.CompileOptions;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A graph compiled to regions of steps. Immutable; sessions share it. */
public final class Program {
  private final Graph graph;
  private final Extents extents;
  private final List<Storage> storages;
  private final List<Region> regions;
  private final List<Lifetime> lifetimes;
  private final List<Supplier<?>> working;
  private final List<BatchSource> batches;
  private final int stateBatch;
  private final CacheLayout cache;
  private final List<Value> results;
  private final IdentityHashMap<Graph, Program> subprograms;
  private final List<Storage> dataSized;

  /** Where positions and sequence ids of attention come from. */
  public record BatchSource(Operand positions, Operand sequences, Extent rows, Extent length) {}

  private Program(Lowering lowering, List<Value> results, Scheduler scheduler) {
    graph = lowering.graph();
    extents = lowering.extents();
    this.results = results;
    regions = scheduler.schedule();
    storages = List.copyOf(lowering.storages().all());
    subprograms = lowering.subprograms;
    dataSized = storages.stream().filter(Storage::dependsOnData).toList();
    lifetimes = lifetimes(lowering.steps, scheduler);
    working = List.copyOf(lowering.working);
    batches =
        lowering.batches.stream()
            .map(inputs ->
                new BatchSource(
                    inputs.positions(), inputs.sequences(), inputs.rows(), inputs.length()))
            .toList();
    stateBatch = lowering.stateBatch;
    cache = lowering.cache;
  }

  /**
   * Compiles a graph whose nodes were all accepted.
   *
   * @param options which values sessions make readable, and whether results may depend on the batch
   * @param weights what will own the packed weights; the caller packs them
   * @param memory for copies of small constants
   */
  public static Program compile(
      Graph graph,
      KernelSet kernels,
      CompileOptions options,
      WeightStore.Lease weights,
      Arena memory) {
    List<Value> results = GraphPlaces.results(graph, options.observe());
    Set<Integer> kept = results.stream().map(Value::id).collect(Collectors.toSet());
    KernelSet suited = options.deterministic() ? kernels.deterministic() : kernels;
    CompileOptions inner = options.withObserve(Set.of());
    var lowering =
        new Lowering(
            graph,
            suited,
            !options.deterministic(),
            weights,
            kept,
            memory,
            body -> compile(body, kernels, inner, weights, memory));
    lowering.lower();
    for (Value value : results) {
      expose(lowering, value);
      lowering.readSizes(List.of(value));
    }
    return new Program(lowering, results, new Scheduler(lowering.steps, lowering.sizesRead()));
  }

  /** Gives a result a buffer: the storage that it is computed in, or a copy. */
  private static void expose(Lowering lowering, Value value) {
    Operand at = lowering.isConstant(value) ? lowering.stored(value) : lowering.operand(value);
    Storage storage = lowering.storages().get(at.storage());
    Value root = lowering.views().view(value).root();
    boolean whole = at.offset() == 0 && Views.sameSize(root.type(), value.type());
    if (storage.kind() == Storage.Kind.ARENA && whole) {
      lowering.storages().set(storage.as(Storage.Kind.OUTPUT, value));
      return;
    }
    Operand copy = lowering.storages().buffer(Storage.Kind.OUTPUT, value);
    Extent elements = lowering.elements(value.type());
    lowering.steps.add(
        new CopyStep(
            new StepInfo(
                List.of(value.name()),
                "engine.copy",
                List.of(Access.whole(at)),
                List.of(Access.whole(copy))),
            value.type().dtype().blockBytes(),
            at,
            elements,
            0,
            elements,
            copy,
            elements,
            List.of(),
            elements,
            Extent.fixed(1)));
  }

  private List<Lifetime> lifetimes(List<Step> steps, Scheduler scheduler) {
    Map<Integer, Lifetime> found = new LinkedHashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      int region = scheduler.regionOf(i);
      StepInfo info = steps.get(i).info();
      List<Access> touched = new ArrayList<>(info.reads());
      touched.addAll(info.writes());
      for (Access access : touched) {
        Storage storage = storages.get(access.storage());
        if (storage.kind() == Storage.Kind.ARENA && !dataSized.contains(storage)) {
          found.merge(
              access.storage(),
              new Lifetime(access.storage(), region, region),
              (a, b) ->
                  new Lifetime(
                      a.storage(), Math.min(a.first(), b.first()), Math.max(a.last(), b.last())));
        }
      }
    }
    return List.copyOf(found.values());
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

  public List<Region> regions() {
    return regions;
  }

  /** Makers of the objects that each worker of a session gets. */
  public List<Supplier<?>> working() {
    return working;
  }

  public List<BatchSource> batches() {
    return batches;
  }

  /** Index of the batch whose tokens are stored in states; -1 when nothing is stored. */
  public int stateBatch() {
    return stateBatch;
  }

  public CacheLayout cache() {
    return cache;
  }

  /** The compiled body of control flow. */
  public Program subprogram(Graph body) {
    return subprograms.get(body);
  }

  /** Storages whose sizes are known only when a step has run; no plan has a place for them. */
  public List<Storage> dataSized() {
    return dataSized;
  }

  /** Outputs and observed values. */
  public List<Value> results() {
    return results;
  }

  /** Places the activations of a session. */
  public ArenaPlan plan(SizeBound bound) {
    return new ArenaPlan(lifetimes, storages, bound);
  }

  /** Working memory that one worker needs. */
  public long scratchBytes(SizeBound bound) {
    return regions.stream()
        .flatMap(region -> region.steps().stream())
        .mapToLong(step -> step.scratchBytes(bound))
        .max()
        .orElse(0);
  }

  /** All steps, region by region. */
  public List<Step> steps() {
    return regions.stream().flatMap(region -> region.steps().stream()).toList();
  }

  @Override
  public String toString() {
    return graph.name() + ": " + regions.size() + " regions, " + steps().size() + " steps";
  }
}
