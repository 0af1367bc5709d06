package dev.gatun.cpuengine;

import dev.gatun.cpuengine.compile.Program;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.team.WorkerTeam;
import dev.gatun.cpuengine.weight.MemoryAccount;
import dev.gatun.cpuengine.weight.WeightStore;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.StateCapabilities;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A graph compiled for the CPU, with its packed weights. */
final class CpuExecutable implements Executable {
  final String device;
  final Program program;
  final List<ShapeProfile> profiles;
  final boolean profile;
  final WorkerTeam team;
  final MemoryAccount account;
  private final WeightStore.Lease weights;
  private final Arena memory = Arena.ofShared();
  private final List<NodePlacement> placement;
  private final long weightBytes;
  private int users = 1;
  private boolean closed;

  CpuExecutable(
      String device,
      Graph graph,
      List<ShapeProfile> profiles,
      CompileOptions options,
      KernelSet kernels,
      WorkerTeam team,
      WeightStore store,
      MemoryAccount account) {
    this.device = device;
    this.profiles = List.copyOf(profiles);
    this.team = team;
    this.account = account;
    profile = options.profile();
    weights = store.lease();
    try {
      program = Program.compile(graph, kernels, options, weights, memory);
      weights.pack(team);
    } catch (RuntimeException | Error e) {
      weights.close();
      memory.close();
      throw e;
    }
    weightBytes = weights.bytes();
    placement = placement(graph);
  }

  private List<NodePlacement> placement(Graph graph) {
    Map<String, String> units = new HashMap<>();
    program
        .steps()
        .forEach(step -> step.info().nodes().forEach(node -> units.put(node, step.info().unit())));
    List<NodePlacement> list = new ArrayList<>();
    for (Node node : graph.nodes()) {
      list.add(new NodePlacement(node.name(), units.getOrDefault(node.name(), "engine.view")));
    }
    return List.copyOf(list);
  }

  @Override
  public StateCapabilities state() {
    return program.cache().isEmpty()
        ? StateCapabilities.STATELESS
        : new StateCapabilities(
            StateCapabilities.Layout.PAGED, CpuDevice.MAX_SEQUENCES, true, true, true);
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
  public synchronized ExecutableSession newSession(SessionOptions options) {
    if (closed) {
      throw new BackendException("the executable is closed");
    }
    if (!program.cache().isEmpty() && options.sequences() > CpuDevice.MAX_SEQUENCES) {
      throw new BackendException(
          options.sequences() + " sequences; a session holds " + CpuDevice.MAX_SEQUENCES);
    }
    var session = new CpuSession(this, options);
    users++;
    return session;
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
      weights.close();
      memory.close();
    }
  }
}
