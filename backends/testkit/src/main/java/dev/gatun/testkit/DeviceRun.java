package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.HostBuffer;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs steps in one session of a device and reads the results back. */
final class DeviceRun implements AutoCloseable {
  private final Graph graph;
  private final String device;
  private final ExecutableSession session;
  private final Batch batch;

  DeviceRun(Graph graph, String device, Executable executable, SessionOptions options) {
    this.graph = graph;
    this.device = device;
    session = executable.newSession(options);
    batch = new Batch(options.batch());
  }

  ExecutableSession session() {
    return session;
  }

  /** Runs a step in the session's own buffers. */
  Map<String, Array> run(Step step, Map<String, Shape> shapes) {
    try (Arena arena = Arena.ofConfined()) {
      List<GuardedMemory> guards = fill(step, arena);
      session.submit(batch).await();
      guards.forEach(guard -> guard.check("an input"));
      Map<String, Array> results = new LinkedHashMap<>();
      for (Value output : graph.outputs()) {
        Shape shape = shapes.get(output.name());
        assertEquals(shape, session.shape(output), "shape of output '" + output.name() + "'");
        results.put(output.name(), read(output, shape, session.buffer(output)));
      }
      return results;
    }
  }

  /** Runs a step with guarded host memory as output buffers, each exactly as large as its value. */
  Map<String, Array> runGuarded(Step step, Map<String, Shape> shapes) {
    // The session keeps the last binding, so that memory must outlive this call.
    Arena arena = Arena.ofAuto();
    List<GuardedMemory> guards = fill(step, arena);
    Map<Value, GuardedMemory> memory = new LinkedHashMap<>();
    for (Value output : graph.outputs()) {
      long bytes = output.type().dtype().byteSize(shapes.get(output.name()).elements());
      GuardedMemory guarded = new GuardedMemory(arena, bytes, 0);
      memory.put(output, guarded);
      session.bind(output, HostBuffer.of(device, guarded.content()));
    }
    session.submit(batch).await();
    guards.forEach(guard -> guard.check("an input"));
    Map<String, Array> results = new LinkedHashMap<>();
    memory.forEach((output, guarded) -> {
      guarded.check("output '" + output.name() + "'");
      results.put(output.name(), array(output, shapes.get(output.name()), guarded.content()));
    });
    return results;
  }

  /** The content of an observed value. */
  Array observed(Value value, Shape shape) {
    return read(value, shape, session.buffer(value));
  }

  private List<GuardedMemory> fill(Step step, Arena arena) {
    batch.clear();
    for (Step.Token token : step.tokens()) {
      batch.add(token.token(), token.position(), token.sequence(), token.wanted());
    }
    List<GuardedMemory> guards = new ArrayList<>();
    step.tensors()
        .forEach((name, array) -> {
          // Tensors come from anywhere: aligned to their elements, not more.
          int misalignment = array.dtype().blockBytes();
          GuardedMemory memory = new GuardedMemory(arena, array.byteSize(), misalignment);
          array.store(memory.content(), 0);
          guards.add(memory);
          batch.set(name, new Tensor(array.dtype(), array.shape(), memory.content()));
        });
    return guards;
  }

  private static Array read(Value value, Shape shape, Buffer buffer) {
    MemorySegment copy =
        Arena.ofAuto().allocate(value.type().dtype().byteSize(shape.elements()) + 1, 8);
    MemorySegment content = copy.asSlice(0, copy.byteSize() - 1);
    buffer.read(0, content).await();
    return array(value, shape, content);
  }

  private static Array array(Value value, Shape shape, MemorySegment content) {
    Array array = Array.of(new Tensor(value.type().dtype(), shape, content));
    // Decoded while the memory is there.
    return new Array(array.dtype(), shape, array.values());
  }

  @Override
  public void close() {
    session.close();
  }
}
