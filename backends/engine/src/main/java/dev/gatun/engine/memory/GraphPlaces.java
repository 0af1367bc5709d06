package dev.gatun.engine.memory;

import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.Extents;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.runtime.spi.BackendException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where the values of a graph are, while an engine turns the graph's nodes into steps: each in a
 * storage of its own, in another value's, or in a constant. An engine's lowering extends it. One
 * use, by one thread.
 */
public abstract class GraphPlaces {
  private final Graph graph;
  private final Extents extents = new Extents();
  private final Storages storages = new Storages(extents);
  private final Views views;
  private final Constants constants;
  private final Map<Integer, Operand> places = new HashMap<>();
  private final Map<Integer, List<Node>> readers = new HashMap<>();

  /**
   * @param kept ids of values that must be readable after a run
   * @param memory for copies of small constants
   */
  protected GraphPlaces(Graph graph, Set<Integer> kept, SegmentAllocator memory) {
    this.graph = graph;
    views = new Views(graph, kept);
    constants = new Constants(storages, memory);
    for (Node node : graph.nodes()) {
      node.inputs().stream()
          .distinct()
          .forEach(value -> readers.computeIfAbsent(value.id(), id -> new ArrayList<>()).add(node));
    }
    for (Value input : graph.inputs()) {
      input.type().dims().forEach(extents::of);
      places.put(input.id(), storages.buffer(Storage.Kind.INPUT, input));
    }
  }

  /**
   * What a session makes readable: outputs and observed values, but no inputs, which are readable
   * where they are.
   *
   * @throws BackendException when no value has an observed name
   */
  public static List<Value> results(Graph graph, Set<String> observe) {
    Map<Integer, Value> results = new LinkedHashMap<>();
    graph.outputs().forEach(value -> results.put(value.id(), value));
    Map<String, Value> byName = new LinkedHashMap<>();
    graph.inputs().forEach(value -> byName.put(value.name(), value));
    graph.constants().forEach(constant -> byName.put(constant.value().name(), constant.value()));
    graph.nodes().forEach(node -> node.outputs().forEach(value -> byName.put(value.name(), value)));
    for (String name : observe) {
      Value value = byName.get(name);
      if (value == null) {
        throw new BackendException("cannot observe '" + name + "': no value has this name");
      }
      results.put(value.id(), value);
    }
    // An input is readable where it is.
    graph.inputs().forEach(value -> results.remove(value.id()));
    return List.copyOf(results.values());
  }

  public final Graph graph() {
    return graph;
  }

  public final Extents extents() {
    return extents;
  }

  public final Storages storages() {
    return storages;
  }

  public final Views views() {
    return views;
  }

  /** Where a value is. */
  public final Operand operand(Value value) {
    Views.View view = views.view(value);
    Value root = view.root();
    if (graph.constant(root).isPresent()) {
      Operand plain = constants.plain(graph.constant(root).get());
      long scale = constants.widening(root.type().dtype());
      return part(plain, view.offset() * scale, value, root);
    }
    Operand place = places.get(root.id());
    if (place == null) {
      throw new GraphException("value '" + value.name() + "' is used before it is computed");
    }
    return part(place, view.offset(), value, root);
  }

  private static Operand part(Operand place, long offset, Value value, Value root) {
    boolean all = offset == 0 && Views.sameSize(value.type(), root.type());
    return all ? place : new Operand(place.storage(), place.offset() + offset, false);
  }

  /** Whether a value is a constant, or a part of one. */
  public final boolean isConstant(Value value) {
    return graph.constant(views.view(value).root()).isPresent();
  }

  /** Where a constant, or a part of one, is as it is stored. */
  public final Operand stored(Value value) {
    Views.View view = views.view(value);
    return part(
        constants.stored(graph.constant(view.root()).orElseThrow()),
        view.offset(),
        value,
        view.root());
  }

  /** The nodes that read a value itself, each once. */
  public final List<Node> readers(Value value) {
    return readers.getOrDefault(value.id(), List.of());
  }

  /** Whether a value is somewhere already. */
  public final boolean isPlaced(Value value) {
    return isConstant(value) || places.containsKey(views.view(value).root().id());
  }

  /** A constant of single precision that steps read. */
  public final Operand floats(float[] values) {
    return constants.floats(values);
  }

  /** A constant that steps read, as {@code writer} writes it. */
  public final Operand written(long bytes, Consumer<MemorySegment> writer) {
    return constants.written(bytes, writer);
  }

  /** New memory for a node's result. */
  public final Operand result(Value value) {
    Operand place = storages.arena(value);
    places.put(value.id(), place);
    return place;
  }

  /** The memory of {@code source}, when a node may overwrite it, or new memory. */
  public final Operand resultOver(Value value, Value source) {
    if (!source.isAbsent()
        && views.mayOverwrite(source)
        && source.type().dtype() == value.type().dtype()
        && elements(source.type()).equals(elements(value.type()))) {
      Operand place = operand(source);
      if (storages.get(place.storage()).kind() == Storage.Kind.ARENA) {
        places.put(value.id(), place);
        return place;
      }
    }
    return result(value);
  }

  /** All dimensions but the last. */
  public final Extent rows(ValueType type) {
    return extents.of(type.dims().subList(0, Math.max(0, type.rank() - 1)));
  }

  /** All elements. */
  public final Extent elements(ValueType type) {
    return extents.of(type.dims());
  }

  /** Each dimension. */
  public final List<Extent> dims(ValueType type) {
    return type.dims().stream().map(extents::of).toList();
  }

  /** Elements of a row, which must be fixed. */
  public static int columns(ValueType type) {
    if (type.dims().getLast() instanceof Dim.Fixed(long size)) {
      return Math.toIntExact(size);
    }
    throw new BackendException("rows of " + type + " have no fixed length");
  }
}
