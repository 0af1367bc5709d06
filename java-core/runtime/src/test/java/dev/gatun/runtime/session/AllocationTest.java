package dev.gatun.runtime.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.fake.FakeProvider;
import dev.gatun.runtime.fake.ToyModel;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCapabilities;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.HostBuffer;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A steady submission through a session of one slice allocates nothing. */
class AllocationTest {
  private static final StateCapabilities STATE =
      new StateCapabilities(StateCapabilities.Layout.PAGED, 4, true, true, true);

  @Test
  void steadySubmissionsAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM counts no allocations");
    SessionOptions options = new SessionOptions(2, 1_000_000, 8, 2);
    try (GatunRuntime runtime =
            GatunRuntime.builder()
                .discover(false)
                .provider(FakeProvider.of("idle", new IdleDevice()))
                .build();
        CompiledPlan plan =
            runtime.compile(PlanRequest.of(ToyModel.graph(1), options), CompileOptions.DEFAULT);
        Session session = plan.newSession(options)) {
      session.openSequence(0);
      session.openSequence(1);
      Batch batch = new Batch(2);
      float[] row = new float[session.output().columns()];
      float sum = 0;
      long self = Thread.currentThread().threadId();
      long least = Long.MAX_VALUE;
      // The interpreter and the first compilations may allocate; the steady state must not.
      for (int round = 0; round < 20; round++) {
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < 1000; i++) {
          int position = round * 1000 + i;
          batch.clear();
          batch.add(1, position, 0, true);
          batch.add(1, position, 1, true);
          session.submit(batch).await();
          session.output().copyRow(1, row);
          sum += row[0] + session.output().get(0, 0);
        }
        least = Math.min(least, threads.getThreadAllocatedBytes(self) - before);
      }
      assertEquals(0, sum);
      assertEquals(0, least);
    }
  }

  /** Takes everything and computes nothing. */
  private static final class IdleDevice implements Device {
    @Override
    public DeviceInfo info() {
      return new DeviceInfo("idle:0", "idle", DeviceInfo.Kind.CPU, "idle", 0, Map.of());
    }

    @Override
    public DeviceCapabilities capabilities() {
      return new DeviceCapabilities(Set.of(DType.F32), true, 4, 1);
    }

    @Override
    public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
      return Assessment.byNode(graph, profiles, _ -> Optional.empty());
    }

    @Override
    public Executable compile(
        GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options) {
      return new IdleExecutable();
    }

    @Override
    public void close() {}
  }

  private static final class IdleExecutable implements Executable {
    @Override
    public StateCapabilities state() {
      return STATE;
    }

    @Override
    public long stateBytes(int positions) {
      return 0;
    }

    @Override
    public long weightBytes() {
      return 0;
    }

    @Override
    public ExecutableSession newSession(SessionOptions options) {
      return new IdleSession();
    }

    @Override
    public List<NodePlacement> placement() {
      return List.of();
    }

    @Override
    public void close() {}
  }

  private static final class IdleSession implements ExecutableSession {
    private final Map<String, HostBuffer> buffers = new HashMap<>();

    @Override
    public Buffer buffer(Value value) {
      return buffers.computeIfAbsent(
          value.name(),
          _ ->
              HostBuffer.allocate(
                  "idle:0", value.type().dtype().byteSize(value.type().maxElements())));
    }

    @Override
    public Shape shape(Value value) {
      return Shape.of();
    }

    @Override
    public void bind(Value value, Buffer buffer) {}

    @Override
    public Fence submit(Batch batch) {
      return Fence.DONE;
    }

    @Override
    public void openSequence(int sequence) {}

    @Override
    public void closeSequence(int sequence) {}

    @Override
    public void truncate(int sequence, int positions) {}

    @Override
    public void fork(int source, int target) {}

    @Override
    public void save(int sequence, OutputStream out) {}

    @Override
    public void restore(int sequence, InputStream in) {}

    @Override
    public List<NodeTiming> timings() {
      return List.of();
    }

    @Override
    public void close() {
      buffers.values().forEach(HostBuffer::close);
    }
  }
}
