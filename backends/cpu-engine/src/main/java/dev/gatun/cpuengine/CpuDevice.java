package dev.gatun.cpuengine;

import dev.gatun.cpuengine.compile.Acceptance;
import dev.gatun.cpuengine.kernel.KernelChoices;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.kernel.PeakKernels;
import dev.gatun.cpuengine.team.WorkerTeam;
import dev.gatun.cpuengine.team.WorkerTeams;
import dev.gatun.cpuengine.weight.MemoryAccount;
import dev.gatun.cpuengine.weight.WeightStore;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.os.HugePages;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCapabilities;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.Roofline;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.runtime.spi.WeightUse;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The CPU as one kernel set uses it. */
public final class CpuDevice implements Device {
  /** Most sequences of one session. */
  static final int MAX_SEQUENCES = 1024;

  private static final System.Logger LOG = System.getLogger(CpuDevice.class.getName());

  private final DeviceInfo info;
  private final DeviceCapabilities capabilities;
  private final KernelChoices choices;
  private final KernelSet kernels;
  private final ProbeContext context;

  /**
   * @param preference rank under the {@code auto} policy
   * @param context where the worker team, the weights and the memory budget are shared
   */
  public CpuDevice(DeviceInfo info, int preference, KernelChoices choices, ProbeContext context) {
    this.info = info;
    this.choices = choices;
    kernels = choices.kernels(Map.of());
    this.context = context;
    capabilities = new DeviceCapabilities(kernels.weightFormats(), true, MAX_SEQUENCES, preference);
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  @Override
  public DeviceCapabilities capabilities() {
    return capabilities;
  }

  @Override
  public WeightUse weightUse(DType format) {
    return kernels.weightUse(format);
  }

  @Override
  public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
    var acceptance = new Acceptance(graph, kernels);
    return Assessment.byNode(
        graph,
        profiles,
        node -> acceptance.refusal(node).map(reason -> new Refusal(node, reason, "")));
  }

  @Override
  public Executable compile(GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options) {
    long bytes = 0;
    for (Constant constant : slice.graph().constants()) {
      bytes += constant.data().data().byteSize();
    }
    HugePages.prepare(bytes);
    var acceptance = new Acceptance(slice.graph(), kernels);
    for (Node node : slice.graph().nodes()) {
      acceptance
          .refusal(node)
          .ifPresent(reason -> {
            throw new BackendException("node '" + node.name() + "': " + reason);
          });
    }
    MemoryAccount account = account();
    WeightStore weights = context.shared(WeightStore.class, () -> new WeightStore(account));
    return new CpuExecutable(
        info.id(),
        slice.graph(),
        profiles,
        options,
        choices.kernels(options.choices()),
        team(options),
        weights,
        account);
  }

  private MemoryAccount account() {
    return context.shared(MemoryAccount.class, () -> new MemoryAccount(context.memoryBudget()));
  }

  private WorkerTeam team(CompileOptions options) {
    String threads = options.choices().get(Tunable.THREADS);
    int count = threads == null ? context.threads() : Integer.parseInt(threads);
    return context.shared(WorkerTeams.class, WorkerTeams::new).of(count);
  }

  @Override
  public List<Tunable> tunables(Graph graph) {
    List<Tunable> open = new ArrayList<>(choices.tunables(graph));
    if (context.property(Settings.THREADS).isEmpty()) {
      int standard = context.threads();
      List<String> counts =
          IntStream.of(
                  Math.max(1, standard / 2),
                  Math.max(1, standard - 1),
                  standard,
                  Math.max(standard, Runtime.getRuntime().availableProcessors()))
              .distinct()
              .mapToObj(Integer::toString)
              .toList();
      open.add(Tunable.of(Tunable.THREADS, "worker threads", counts, Integer.toString(standard)));
    }
    return open;
  }

  @Override
  public Optional<Roofline> roofline() {
    return kernels.peaks().flatMap(this::measure);
  }

  private Optional<Roofline> measure(PeakKernels peaks) {
    MemoryAccount account = account();
    try {
      account.reserve(RooflineTrial.BYTES, "measuring the limits");
    } catch (BackendException e) {
      LOG.log(System.Logger.Level.INFO, e.getMessage());
      return Optional.empty();
    }
    try {
      return Optional.of(new RooflineTrial(peaks, team(CompileOptions.DEFAULT)).run());
    } finally {
      account.release(RooflineTrial.BYTES);
    }
  }

  @Override
  public void close() {
    // Team, weights and account belong to the runtime.
  }
}
