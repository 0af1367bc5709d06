package dev.gatun.runtime.fake;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCapabilities;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongBiFunction;

/**
 * A device that runs graphs by the reference interpreter, with whatever limits a test gives it:
 * what it refuses, what its state can do, whether the host sees its memory.
 */
public final class FakeDevice implements Device {
  /** Open executables and sessions. */
  public final AtomicInteger live = new AtomicInteger();

  /** Submissions that sessions of this device have seen. */
  public final AtomicInteger submissions = new AtomicInteger();

  /** What the next submission fails with. */
  public volatile RuntimeException failure;

  /** What compiling fails with. */
  public volatile BackendException compileFailure;

  /** Time that each submission takes. */
  public volatile long sleepMillis;

  public volatile boolean closed;

  /** Bytes of its memory that are free. */
  public volatile OptionalLong usable = OptionalLong.empty();

  /** What it leaves open. */
  public volatile List<Tunable> tunables = List.of();

  /** Nanoseconds that a submission adds to {@link #clock}, of choices and tokens. */
  public volatile ToLongBiFunction<Map<String, String>, Integer> cost = (_, _) -> 0;

  /** A clock that stands still but for {@link #cost}. */
  public final AtomicLong clock = new AtomicLong();

  /** What the last compilation chose. */
  public volatile Map<String, String> choices = Map.of();

  /** What is added to the first logit under some choices: arithmetic of another kind. */
  public volatile ToDoubleFunction<Map<String, String>> error = _ -> 0;

  final Settings settings;

  /** The limits of a device; start from {@link #of} and change what a test needs. */
  public record Settings(
      String id,
      DeviceInfo.Kind kind,
      int preference,
      long memory,
      StateCapabilities state,
      boolean hostVisible,
      Function<Node, Optional<String>> refuse) {
    public static Settings of(String id) {
      return new Settings(
          id,
          DeviceInfo.Kind.CPU,
          10,
          0,
          new StateCapabilities(StateCapabilities.Layout.PAGED, 8, true, true, true),
          true,
          _ -> Optional.empty());
    }

    public Settings kind(DeviceInfo.Kind other) {
      return new Settings(id, other, preference, memory, state, hostVisible, refuse);
    }

    public Settings preference(int other) {
      return new Settings(id, kind, other, memory, state, hostVisible, refuse);
    }

    public Settings memory(long other) {
      return new Settings(id, kind, preference, other, state, hostVisible, refuse);
    }

    public Settings state(StateCapabilities other) {
      return new Settings(id, kind, preference, memory, other, hostVisible, refuse);
    }

    public Settings opaque() {
      return new Settings(id, kind, preference, memory, state, false, refuse);
    }

    /** Refuses nodes whose name contains one of these. */
    public Settings refusing(String... names) {
      return new Settings(
          id,
          kind,
          preference,
          memory,
          state,
          hostVisible,
          node ->
              List.of(names).stream()
                  .filter(node.name()::contains)
                  .findFirst()
                  .map(name -> "does not take " + name));
    }
  }

  public FakeDevice(Settings settings) {
    this.settings = settings;
  }

  public static FakeDevice of(String id) {
    return new FakeDevice(Settings.of(id));
  }

  @Override
  public DeviceInfo info() {
    return new DeviceInfo(
        settings.id(),
        settings.id().substring(0, settings.id().indexOf(':')),
        settings.kind(),
        "fake " + settings.id(),
        settings.memory(),
        Map.of());
  }

  @Override
  public DeviceCapabilities capabilities() {
    return new DeviceCapabilities(
        Set.of(DType.F32, DType.Q8_0),
        true,
        settings.state().maxSequences(),
        settings.preference());
  }

  @Override
  public OptionalLong usableBytes() {
    return usable;
  }

  @Override
  public List<Tunable> tunables(Graph graph) {
    return tunables;
  }

  @Override
  public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
    return Assessment.byNode(
        graph,
        profiles,
        node ->
            settings.refuse().apply(node).map(reason -> new Assessment.Refusal(node, reason, "")));
  }

  @Override
  public Executable compile(GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options) {
    if (compileFailure != null) {
      throw compileFailure;
    }
    if (!assess(slice.graph(), profiles).takesAll()) {
      throw new AssertionError("asked to compile what it refuses");
    }
    choices = options.choices();
    return new FakeExecutable(this, slice.graph(), profiles, options);
  }

  @Override
  public void close() {
    if (live.get() != 0) {
      throw new AssertionError(live.get() + " executables or sessions are still open");
    }
    closed = true;
  }
}
