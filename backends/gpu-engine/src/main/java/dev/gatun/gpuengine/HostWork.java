package dev.gatun.gpuengine;

import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.Extents;
import dev.gatun.gpuengine.compile.HostStep;
import dev.gatun.gpuengine.compile.HostStep.Place;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.memory.Staging;
import dev.gatun.graph.Bindings;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.ReferenceCall;
import dev.gatun.graph.op.ReferenceState;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;

/**
 * What the host does within a submission: it waits for the device, reads a node's inputs back,
 * computes by the op's reference, tells the sizes of the results, and puts them into the queue.
 * Subgraphs run in sessions of their own on the same device. Belongs to the session's thread.
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
   * Runs a step.
   *
   * @throws GraphException when the data contradict the op or the declared sizes; names the node
   */
  void run(HostStep step) {
    List<Array> results = compute(step);
    tell(step, results);
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

  private List<Array> compute(HostStep step) {
    List<Array> inputs = new ArrayList<>();
    boolean reads = false;
    for (Place place : step.inputs()) {
      reads |= place.at() != null;
      inputs.add(place.at() != null ? read(place) : constant(place));
    }
    if (reads) {
      queue.fence().await();
    }
    try {
      return step.work().op().reference(new Call(inputs));
    } catch (GraphException e) {
      throw new GraphException("node '%s': %s".formatted(step.node(), e.getMessage()));
    }
  }

  private static Array constant(Place place) {
    return place.constant() == null ? null : Array.of(place.constant());
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

  /** Sizes that the results have; places what has them. */
  private void tell(HostStep step, List<Array> results) {
    var bindings = new Bindings(sizes.known());
    bindings.bind(step.work().outputs(), results.stream().map(Array::shape).toList());
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
