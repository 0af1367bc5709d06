package dev.gatun.runtime;

import dev.gatun.graph.Cost;
import dev.gatun.runtime.detect.Accelerator;
import dev.gatun.runtime.detect.Hardware;
import dev.gatun.runtime.detect.HardwareDetector;
import dev.gatun.runtime.detect.SystemFacts;
import dev.gatun.runtime.install.RuntimeInstaller;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Planner;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.plan.TrialRunner;
import dev.gatun.runtime.session.CachedTrials;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.SessionTrial;
import dev.gatun.runtime.session.WorkCount;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.FoundRuntimes;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.store.ModelPuller;
import dev.gatun.runtime.store.ModelStore;
import dev.gatun.runtime.tune.TuneOptions;
import dev.gatun.runtime.tune.Tuner;
import dev.gatun.runtime.tune.TuningReport;
import dev.gatun.runtime.tune.TuningStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Everything that a process shares to run models: the backends and devices that were found, one
 * worker team, one memory budget, and the model store. A program usually has one; nothing is
 * static, so it may have several.
 *
 * <p>Thread-safe. Closing it closes all plans and sessions that it made, then the devices.
 */
public final class GatunRuntime implements AutoCloseable {
  /** Version of Gatun. */
  public static final String VERSION = "0.1.0";

  private final Settings settings;
  private final ModelPuller puller;
  private final Supplier<Hardware> hardware;
  private final Supplier<List<Accelerator>> accelerators;
  private final SharedContext context;
  private final Backends backends;
  private final RuntimeInstaller runtimes;
  private final TuningStore tunings;
  private final LongSupplier clock;
  private final List<CompiledPlan> open = new ArrayList<>();
  private boolean closed;

  private GatunRuntime(Builder builder) {
    settings = new Settings(builder.properties, builder.environment);
    SystemFacts machine = builder.machine;
    hardware = new Once<>(() -> HardwareDetector.detect(machine));
    accelerators = new Once<>(() -> HardwareDetector.accelerators(machine, hardware.get()));
    puller = new ModelPuller(new ModelStore(settings.home()), settings);
    int threads =
        (int) (long) settings.number(Settings.THREADS).orElseGet(() -> (long) hardware().threads());
    long memory =
        builder.memory.orElseGet(
            () -> settings.number(Settings.MEMORY).orElseGet(() -> MemoryBudget.of(hardware())));
    context = new SharedContext(settings, threads, memory);
    backends =
        new Backends(
            builder.providers,
            builder.discover,
            context,
            settings,
            new Backends.Machine(() -> hardware().os(), accelerators));
    runtimes = new RuntimeInstaller(settings, backends::requirements);
    tunings = new TuningStore(settings.home().resolve("tunings"));
    clock = builder.clock;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A runtime with every default. */
  public static GatunRuntime open() {
    return builder().build();
  }

  public Settings settings() {
    return settings;
  }

  /** Models on this machine, in {@code home/models}. */
  public ModelStore store() {
    return puller.store();
  }

  /** Finds models, and brings those that are not stored. */
  public ModelPuller puller() {
    return puller;
  }

  /** This machine. */
  public Hardware hardware() {
    return hardware.get();
  }

  /** GPUs and NPUs of this machine, whether or not a backend can use them. */
  public List<Accelerator> accelerators() {
    return accelerators.get();
  }

  /** Which backend uses each GPU and NPU of this machine, and what is missing where none does. */
  public List<HardwareUse> hardwareUses() {
    if (accelerators().isEmpty()) {
      return List.of();
    }
    List<BackendStatus> all = backends();
    return accelerators().stream().map(hardware -> HardwareUse.of(hardware, all)).toList();
  }

  /** Folder of Gatun's files, absolute; it need not exist yet. */
  public Path home() {
    return settings.home();
  }

  /** Worker threads of the engines, the calling thread included. */
  public int threads() {
    return context.threads();
  }

  /** Bytes that engines may allocate. */
  public long memoryBudget() {
    return context.memoryBudget();
  }

  /**
   * All backends of the product and any others that were found, each with its findings. Probes what
   * was not probed before, in parallel.
   */
  public List<BackendStatus> backends() {
    requireOpen();
    return backends.all();
  }

  /**
   * One backend; only this one is probed.
   *
   * @throws dev.gatun.tensor.GatunException of kind USAGE when no backend has this id
   */
  public BackendStatus backend(String id) {
    requireOpen();
    return backends.status(id);
  }

  /** Installs, lists and removes the vendors' runtimes that backends name; probes nothing. */
  public RuntimeInstaller runtimes() {
    return runtimes;
  }

  /** Copies of a vendor's runtime on this machine; loads nothing. */
  public FoundRuntimes find(RuntimeRequirement requirement) {
    return context.runtimes(requirement);
  }

  /**
   * A device by its id; only its backend is probed. Empty when that has no such device.
   *
   * @throws dev.gatun.tensor.GatunException of kind USAGE when no backend is called so
   */
  public Optional<Device> device(String id) {
    requireOpen();
    return backends.device(id);
  }

  /** Devices of all able backends. */
  public List<Device> devices() {
    requireOpen();
    return backends.devices();
  }

  /**
   * Probes the backends that a plan under this policy looks at, if nothing has yet: {@link #plan}
   * does it, too, and this is for doing something else meanwhile.
   *
   * @throws dev.gatun.tensor.GatunException of kind USAGE when there is no such backend
   */
  public void probe(Policy policy) {
    requireOpen();
    var _ = backends.candidates(policy);
  }

  /**
   * Decides which device runs what. Compiles nothing, except in the short trial that the policies
   * {@code auto} and {@code max-performance} make when several devices can run the whole graph.
   *
   * @throws BackendUnavailableException when the policy's backend, or every backend, cannot run it
   */
  public Plan plan(PlanRequest request) {
    return plan(request, Map.of());
  }

  private Plan plan(PlanRequest request, Map<String, Finding> excluded) {
    requireOpen();
    Plan plan =
        new Planner(
                backends.candidates(request.policy()),
                memoryBudget(),
                trials(),
                excluded,
                gpuLayers())
            .plan(request);
    boolean tuned = request.tuned() && settings.flag(Settings.TUNED, true) && plan.isSingle();
    return tuned ? plan.withTuned(tunings.find(request, plan.slices().getFirst().device())) : plan;
  }

  private OptionalInt gpuLayers() {
    return settings
        .number(Settings.GPU_LAYERS)
        .map(layers -> OptionalInt.of((int) Math.min(layers, Integer.MAX_VALUE)))
        .orElseGet(OptionalInt::empty);
  }

  /**
   * Measures the choices that the device of a plan leaves open for this model, and keeps the best:
   * later plans use them. Takes from seconds to minutes, and is disturbed by whatever else runs.
   *
   * @param request of a language model
   * @param listener gets a line before each choice
   * @throws dev.gatun.tensor.GatunException of kind USAGE when there is nothing to measure
   */
  public TuningReport tune(PlanRequest request, TuneOptions options, Consumer<String> listener) {
    Plan plan = plan(request.withTuned(false));
    TuningReport report =
        new Tuner(plan, choices -> compile(plan, choices), clock, options, listener).run();
    tunings.put(request, plan.slices().getFirst().device(), report.tuning());
    return report;
  }

  /**
   * Forgets what was tuned for a model.
   *
   * @param backend only on this backend or device; empty for all
   * @return ids of the devices whose tunings are gone
   */
  public List<String> forgetTunings(PlanRequest request, Optional<String> backend) {
    return tunings.remove(request, backend);
  }

  /** How to compare devices that can all run a graph, as the setting says. */
  private Optional<TrialRunner> trials() {
    String setting = settings.get(Settings.PLAN_TRIAL).orElse("true");
    if (setting.contains(":")) {
      return Optional.of(new ChosenDevice(setting));
    }
    return settings.flag(Settings.PLAN_TRIAL, true)
        ? Optional.of(
            new CachedTrials(
                settings.home().resolve("cache").resolve("trials"), new SessionTrial()))
        : Optional.empty();
  }

  /** Compiles a plan; the setting {@link Settings#DETERMINISTIC} adds to the options. */
  public CompiledPlan compile(Plan plan, CompileOptions options) {
    requireOpen();
    boolean deterministic = options.deterministic() || settings.flag(Settings.DETERMINISTIC, false);
    CompileOptions own = options.withDeterministic(deterministic);
    if (plan.tuned().tuning().isPresent() && options.choices().isEmpty()) {
      own = own.withChoices(plan.tuned().tuning().get().ofDevice());
    }
    CompiledPlan compiled = CompiledPlan.compile(plan, own, this::forget);
    synchronized (this) {
      if (!closed) {
        open.add(compiled);
        return compiled;
      }
    }
    compiled.close();
    throw new IllegalStateException("the runtime is closed");
  }

  /**
   * Plans and compiles. A device that fails while compiling is passed over, as the plan then says,
   * unless the policy requires it.
   *
   * @throws BackendUnavailableException when nothing that the policy allows is left
   * @throws BackendException when the required device fails
   */
  public CompiledPlan compile(PlanRequest request, CompileOptions options) {
    Map<String, Finding> excluded = new HashMap<>();
    while (true) {
      Plan plan = plan(request, excluded);
      try {
        return compile(plan, options);
      } catch (BackendException e) {
        if (request.policy() instanceof Policy.Require || !plan.isSingle()) {
          throw e;
        }
        excluded.put(
            plan.slices().getFirst().device().info().id(),
            Finding.bad(Finding.Stage.FIT, "failed to compile: " + e.getMessage(), "", e));
      }
    }
  }

  /**
   * Operations and bytes of all that open plans of this runtime run while {@code work} runs, by the
   * ops' own cost functions at the sizes that are submitted. Used by one thread at a time.
   */
  public Cost workOf(Runnable work) {
    var count = new WorkCount();
    List<CompiledPlan> plans;
    synchronized (this) {
      plans = List.copyOf(open);
    }
    plans.forEach(plan -> plan.countWork(count));
    try {
      work.run();
    } finally {
      plans.forEach(plan -> plan.countWork(null));
    }
    return count.sum();
  }

  private synchronized void forget(CompiledPlan compiled) {
    open.remove(compiled);
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the runtime is closed");
    }
  }

  /**
   * Closes sessions, plans, devices and the worker team. Idempotent.
   *
   * @throws IllegalStateException when a session is in use by another thread
   */
  @Override
  public void close() {
    List<CompiledPlan> plans;
    synchronized (this) {
      plans = List.copyOf(open);
    }
    plans.forEach(CompiledPlan::close);
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    backends.close();
    context.close();
  }

  /** Settings of a new runtime; everything has a default. Not thread-safe. */
  public static final class Builder {
    private final Map<String, String> properties = new HashMap<>();
    private final List<BackendProvider> providers = new ArrayList<>();
    private UnaryOperator<String> environment = System::getenv;
    private OptionalLong memory = OptionalLong.empty();
    private boolean discover = true;
    private LongSupplier clock = System::nanoTime;
    private SystemFacts machine = SystemFacts.here();

    private Builder() {}

    /** Worker threads, the calling one included. */
    public Builder threads(int count) {
      if (count < 1) {
        throw new IllegalArgumentException(count + " threads");
      }
      return property(Settings.THREADS, Integer.toString(count));
    }

    /** Bytes that engines may allocate. */
    public Builder memoryBudget(long bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException(bytes + " bytes of memory");
      }
      memory = OptionalLong.of(bytes);
      return this;
    }

    /** Folder of Gatun's files. */
    public Builder home(Path folder) {
      return property(Settings.HOME, folder.toString());
    }

    /** Whether nothing may touch the network. */
    public Builder offline(boolean value) {
      return property(Settings.OFFLINE, Boolean.toString(value));
    }

    /** Overrides a setting; see {@link Settings} for the names. */
    public Builder property(String name, String value) {
      properties.put(Objects.requireNonNull(name), Objects.requireNonNull(value));
      return this;
    }

    /** Adds a backend that the service loader does not find; it comes before those it finds. */
    public Builder provider(BackendProvider provider) {
      providers.add(Objects.requireNonNull(provider));
      return this;
    }

    /** Whether to look for backends with the service loader; true by default. */
    public Builder discover(boolean value) {
      discover = value;
      return this;
    }

    /** Another machine than this one: what is detected and planned there. */
    public Builder machine(SystemFacts facts) {
      machine = Objects.requireNonNull(facts);
      return this;
    }

    /** Nanoseconds that measurements read, for tests. */
    Builder clock(LongSupplier nanoseconds) {
      clock = nanoseconds;
      return this;
    }

    /** Where environment variables are looked up, for tests. */
    Builder environment(UnaryOperator<String> variables) {
      environment = variables;
      return this;
    }

    /**
     * Makes the runtime; nothing is probed yet.
     *
     * @throws dev.gatun.tensor.GatunException of kind USAGE when a setting makes no sense
     */
    public GatunRuntime build() {
      return new GatunRuntime(this);
    }
  }
}
