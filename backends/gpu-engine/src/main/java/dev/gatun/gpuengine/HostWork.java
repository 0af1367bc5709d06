package dev.gatun.gpuengine;

import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.Extents;
import dev.gatun.gpuengine.compile.ControlStep;
import dev.gatun.gpuengine.compile.Place;
import dev.gatun.gpuengine.compile.SizesStep;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.memory.Staging;
import dev.gatun.graph.Bindings;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.ReferenceCall;
import dev.gatun.graph.op.ReferenceState;
import dev.gatun.graph.op.Sizing;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * What the host decides within a submission: sizes that follow from numbers on the device, and
 * which subgraph runs. It waits for the device, reads what it needs back, and tells the sizes of
 * the results. Subgraphs run in sessions of their own on the same device. Belongs to the session's
 * thread.
 */
final class HostWork implements AutoCloseable {
  private final Extents extents;
  private final Submission sizes;
  private final SessionMemory memory;
  private final GpuQueue queue;
  private final Staging staging;
  private final Function<Graph, GpuSession> bodies;
  private final IdentityHashMap<Graph, GpuSession> sessions = new IdentityHashMap<>();

  /**
   * @param sizes of the session's current submission
   * @param bodies opens a session for a subgraph; this closes it
   */
  HostWork(
      Extents extents,
      Submission sizes,
      SessionMemory memory,
      GpuQueue queue,
      Staging staging,
      Function<Graph, GpuSession> bodies) {
    this.extents = extents;
    this.sizes = sizes;
    this.memory = memory;
    this.queue = queue;
    this.staging = staging;
    this.bodies = bodies;
  }

  /**
   * Finds sizes.
   *
   * @throws GraphException when the numbers contradict the op or the declared sizes; names the node
   */
  void run(SizesStep step) {
    List<Array> numbers = read(step.inputs(), step.deciding()::contains);
    List<Shape> shapes =
        step.inputs().stream().map(place -> place.isPresent() ? shape(place) : null).toList();
    Sizing found = new Sizing(shapes, numbers);
    sizes.found(step.slot(), found);
    tell(step.work(), named(step.work(), () -> step.shapes().apply(found)));
  }

  /**
   * Runs control flow.
   *
   * @throws GraphException when the data contradict the op or the declared sizes; names the node
   */
  void run(ControlStep step) {
    List<Array> inputs = read(step.inputs(), _ -> true);
    List<Array> results = named(step.work(), () -> step.work().op().reference(new Call(inputs)));
    tell(step.work(), results.stream().map(Array::shape).toList());
    for (int i = 0; i < results.size(); i++) {
      Array result = results.get(i);
      if (result.byteSize() > 0) {
        Place place = step.outputs().get(i);
        MemorySegment content = staging.take(result.byteSize());
        result.store(content, 0);
        int storage = place.at().storage();
        queue.write(memory.memory(storage), memory.offset(storage) + place.at().offset(), content);
      }
    }
  }

  private static <T> T named(Node node, Supplier<T> work) {
    try {
      return work.get();
    } catch (GraphException e) {
      throw new GraphException("node '%s': %s".formatted(node.name(), e.getMessage()));
    }
  }

  /** The contents of places, once the device is done with them; null for others. */
  private List<Array> read(List<Place> places, IntPredicate wanted) {
    List<Array> contents = new ArrayList<>();
    boolean waits = false;
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      if (!wanted.test(i) || !place.isPresent()) {
        contents.add(null);
      } else if (place.at() == null) {
        contents.add(Array.of(place.constant()));
      } else {
        contents.add(read(place));
        waits = true;
      }
    }
    if (waits) {
      queue.fence().await();
    }
    return contents;
  }

  /** An array of what the queue copies to the host; decoded once the queue has been waited for. */
  private Array read(Place place) {
    Shape shape = shape(place);
    MemorySegment content = staging.take(place.dtype().byteSize(shape.elements()));
    if (content.byteSize() > 0) {
      int storage = place.at().storage();
      queue.read(memory.memory(storage), memory.offset(storage) + place.at().offset(), content);
    }
    return Array.of(new Tensor(place.dtype(), shape, content));
  }

  private Shape shape(Place place) {
    return Shape.of(place.dims().stream().mapToLong(this::size).toArray());
  }

  private long size(Extent extent) {
    return extent.isFixed() ? extent.factor() : extents.resolve(extent, sizes.symbols());
  }

  /** Sizes that results have; places what has them. */
  private void tell(Node node, List<Shape> results) {
    var bindings = new Bindings(sizes.known());
    bindings.bind(node.outputs(), results);
    sizes.complete(bindings.sizes());
    sizes.resolve();
    memory.placeDataSized(sizes);
  }

  private final class Call implements ReferenceCall {
    private final List<Array> inputs;

    Call(List<Array> inputs) {
      this.inputs = inputs;
    }

    @Override
    public List<Array> inputs() {
      return inputs;
    }

    @Override
    public long size(Dim dim) {
      long size = extents.resolve(dim, sizes.symbols());
      if (size < 0) {
        throw new GraphException("dimension '" + dim + "' has no size");
      }
      return size;
    }

    @Override
    public ReferenceState state(String name) {
      throw new GraphException("state '" + name + "' is kept by kernels");
    }

    @Override
    public List<Array> run(Graph body, List<Array> arguments) {
      GpuSession session = sessions.get(body);
      if (session == null) {
        session = bodies.apply(body);
        sessions.put(body, session);
      }
      return session.call(body, arguments, sizes.known());
    }
  }

  @Override
  public void close() {
    sessions.values().forEach(GpuSession::close);
    sessions.clear();
  }
}
