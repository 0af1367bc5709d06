package dev.gatun.runtime;

import dev.gatun.runtime.detect.Accelerator;
import dev.gatun.runtime.plan.Candidates;
import dev.gatun.runtime.plan.Candidates.Unable;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** The backends of one runtime: found when first asked for, each probed once, when needed. */
final class Backends implements AutoCloseable {
  private final List<BackendProvider> given;
  private final boolean discover;
  private final ProviderProbe probe;
  private final Machine machine;
  private Map<String, BackendSlot> slots;

  Backends(
      List<BackendProvider> given,
      boolean discover,
      SharedContext context,
      Settings settings,
      Machine machine) {
    this.given = List.copyOf(given);
    this.discover = discover;
    probe = new ProviderProbe(context, settings);
    this.machine = machine;
  }

  /**
   * What is asked of the machine when a backend is not able.
   *
   * @param system {@code linux}, {@code macos}, {@code windows}
   */
  record Machine(Supplier<String> system, Supplier<List<Accelerator>> accelerators) {}

  List<BackendStatus> all() {
    probeAll(slots().values());
    return slots().values().stream().map(slot -> slot.status(probe)).toList();
  }

  /** The vendors' runtimes that backends name; probes nothing. */
  List<RuntimeRequirement> requirements() {
    return slots().values().stream().flatMap(slot -> slot.requirements().stream()).toList();
  }

  BackendStatus status(String id) {
    return slot(id).status(probe);
  }

  List<Device> devices() {
    probeAll(slots().values());
    List<Device> devices = new ArrayList<>();
    slots().values().forEach(slot -> devices.addAll(slot.probed(probe).devices()));
    return devices;
  }

  /** A device by its id; only its backend is probed. */
  Optional<Device> device(String id) {
    return slot(backendOf(id)).probed(probe).devices().stream()
        .filter(device -> device.info().id().equals(id))
        .findFirst();
  }

  /** Devices that a policy may use, and what is known of the backends that are not able. */
  Candidates candidates(Policy policy) {
    List<BackendSlot> wanted = new ArrayList<>(slots().values());
    if (policy instanceof Policy.Require(String id)) {
      wanted = List.of(slot(backendOf(id)));
    } else if (policy instanceof Policy.Prefer(List<String> ids)) {
      ids.forEach(id -> slot(backendOf(id)));
    }
    probeAll(wanted);
    List<Device> devices = new ArrayList<>();
    List<Unable> unable = new ArrayList<>();
    for (BackendSlot slot : wanted) {
      Probe found = slot.probed(probe);
      devices.addAll(found.devices());
      if (!found.able()) {
        unable.add(unable(slot, found.last()));
      }
    }
    return new Candidates(devices, unable);
  }

  /** What is known of a backend that is not able, and of hardware that lies idle for it. */
  private Unable unable(BackendSlot slot, Finding finding) {
    KnownBackend known = slot.known();
    if (known.uses().isEmpty()) {
      return new Unable(slot.id(), slot.module(), finding, Unable.Hardware.ANY);
    }
    boolean possible = known.systems().contains(machine.system().get());
    for (Accelerator hardware : possible ? machine.accelerators().get() : List.<Accelerator>of()) {
      Optional<KnownBackend.Use> use = known.use(hardware);
      if (use.isPresent()) {
        Finding missing =
            hardware
                .problem()
                .map(problem ->
                    Finding.bad(
                        Finding.Stage.PRESENT,
                        "%s is here, but %s".formatted(hardware.name(), problem.reason()),
                        problem.remedy()))
                .orElseGet(() ->
                    new Finding(
                        finding.stage(),
                        false,
                        "%s is here, but %s".formatted(hardware.name(), finding.reason()),
                        finding.remedy(),
                        finding.cause()));
        return new Unable(
            slot.id(),
            slot.module(),
            missing,
            use.get().preference() >= 0 ? Unable.Hardware.MISSED : Unable.Hardware.ON_REQUEST);
      }
    }
    return new Unable(slot.id(), slot.module(), finding, Unable.Hardware.ABSENT);
  }

  private static String backendOf(String id) {
    int colon = id.indexOf(':');
    return colon < 0 ? id : id.substring(0, colon);
  }

  private BackendSlot slot(String id) {
    BackendSlot slot = slots().get(id);
    if (slot == null) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "no backend is called '%s'; there are %s".formatted(id, slots().keySet()));
    }
    return slot;
  }

  /** Probes in parallel what was not probed before; our own bugs propagate. */
  private void probeAll(Iterable<BackendSlot> wanted) {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (BackendSlot slot : wanted) {
        if (!slot.isProbed()) {
          running.add(executor.submit(() -> slot.probed(probe)));
        }
      }
      for (Future<?> future : running) {
        future.get();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException bug -> throw bug;
        case Error bug -> throw bug;
        case Throwable other -> throw new IllegalStateException(other);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GatunException(
          GatunException.Kind.FAILURE, "interrupted while looking for backends", e);
    }
  }

  private synchronized Map<String, BackendSlot> slots() {
    if (slots == null) {
      Map<String, BackendSlot> found = new LinkedHashMap<>();
      ProviderDiscovery discovery = ProviderDiscovery.run(given, discover);
      for (KnownBackend known : KnownBackend.ALL) {
        found.put(
            known.id(),
            discovery
                .provider(known.id())
                .map(provider -> BackendSlot.of(known, provider))
                .orElseGet(() -> BackendSlot.absent(known, discovery.failures())));
      }
      for (BackendProvider provider : discovery.providers()) {
        found.computeIfAbsent(
            provider.id(), id -> BackendSlot.of(KnownBackend.other(id), provider));
      }
      slots = found;
    }
    return slots;
  }

  @Override
  public void close() {
    Map<String, BackendSlot> known;
    synchronized (this) {
      known = Optional.ofNullable(slots).orElse(Map.of());
    }
    known.values().forEach(BackendSlot::close);
  }

  /** A finding that stands for a backend whose module is not there. */
  static Probe absent(KnownBackend known, List<String> failures) {
    String reason = known.absentReason();
    if (!failures.isEmpty()) {
      reason += "; loading backends failed: " + String.join("; ", failures);
    }
    return new Probe(
        known.id(),
        List.of(Finding.bad(Finding.Stage.PRESENT, reason, known.absentRemedy())),
        List.of());
  }
}
