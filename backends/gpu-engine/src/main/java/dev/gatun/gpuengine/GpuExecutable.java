package dev.gatun.gpuengine;

import dev.gatun.gpuengine.compile.Arithmetic;
import dev.gatun.gpuengine.compile.GpuProgram;
import dev.gatun.gpuengine.compile.SizesStep;
import dev.gatun.gpuengine.compile.Step;
import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.kernel.KernelLibrary;
import dev.gatun.gpuengine.kernel.KernelTexts;
import dev.gatun.gpuengine.memory.Constants;
import dev.gatun.gpuengine.memory.WeightStore;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.StateCapabilities;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph compiled for a GPU, with its constants on the device. */
final class GpuExecutable implements Executable {
  final String device;
  final GpuDriver driver;
  final KernelLibrary kernels;
  final GpuProgram program;
  final Constants constants;
  final List<ShapeProfile> profiles;
  final boolean profile;
  private final List<NodePlacement> placement;
  private final long weightBytes;
  private final IdentityHashMap<Graph, GpuExecutable> bodies = new IdentityHashMap<>();
  private int users = 1;
  private boolean closed;

  GpuExecutable(
      String device,
      GpuDriver driver,
      KernelTexts texts,
      KernelLibrary kernels,
      WeightStore weights,
      Graph graph,
      List<ShapeProfile> profiles,
      CompileOptions options,
      Arithmetic arithmetic) {
    this.device = device;
    this.driver = driver;
    this.kernels = kernels;
    this.profiles = List.copyOf(profiles);
    profile = options.profile();
    try (Arena arena = Arena.ofShared()) {
      program = GpuProgram.compile(graph, texts, arithmetic, options.observe(), arena);
      constants = new Constants(driver, weights, graph, program.storages());
    }
    CompileOptions inner = options.withObserve(Set.of()).withProfile(false);
    try {
      program
          .bodies()
          .forEach((body, own) ->
              bodies.put(
                  body,
                  new GpuExecutable(
                      device, driver, texts, kernels, weights, own, profiles, inner, arithmetic)));
    } catch (RuntimeException | Error e) {
      closeParts();
      throw e;
    }
    weightBytes =
        constants.bytes() + bodies.values().stream().mapToLong(GpuExecutable::weightBytes).sum();
    placement = placement(graph);
  }

  private List<NodePlacement> placement(Graph graph) {
    Map<String, String> units = new HashMap<>();
    for (Step step : program.steps()) {
      if (!(step instanceof SizesStep)) {
        units.putIfAbsent(step.node(), step.unit());
      }
    }
    List<NodePlacement> list = new ArrayList<>();
    for (Node node : graph.nodes()) {
      list.add(new NodePlacement(node.name(), units.getOrDefault(node.name(), "engine.fused")));
    }
    return List.copyOf(list);
  }

  @Override
  public StateCapabilities state() {
    return program.cache().isEmpty()
        ? StateCapabilities.STATELESS
        : new StateCapabilities(
            StateCapabilities.Layout.PAGED, GpuDevice.MAX_SEQUENCES, true, true, true);
  }

  @Override
  public long stateBytes(int positions) {
    return program.cache().bytes(positions);
  }

  @Override
  public long weightBytes() {
    return weightBytes;
  }

  @Override
  public synchronized GpuSession newSession(SessionOptions options) {
    if (closed) {
      throw new BackendException("the executable is closed");
    }
    if (!program.cache().isEmpty() && options.sequences() > GpuDevice.MAX_SEQUENCES) {
      throw new BackendException(
          options.sequences() + " sequences; a session holds " + GpuDevice.MAX_SEQUENCES);
    }
    var session = new GpuSession(this, options);
    users++;
    return session;
  }

  /** The compiled subgraph of a node. */
  GpuExecutable body(Graph body) {
    return bodies.get(body);
  }

  @Override
  public List<NodePlacement> placement() {
    return placement;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      release();
    }
  }

  /** A session, or the owner, is done. */
  synchronized void release() {
    if (--users == 0) {
      closeParts();
    }
  }

  private void closeParts() {
    bodies.values().forEach(GpuExecutable::close);
    constants.close();
  }
}
