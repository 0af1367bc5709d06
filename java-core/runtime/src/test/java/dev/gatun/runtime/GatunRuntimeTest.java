package dev.gatun.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.fake.FakeDevice;
import dev.gatun.runtime.fake.FakeProvider;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Backends are found once, probed lazily and in parallel, and told about truthfully. */
class GatunRuntimeTest {
  private static GatunRuntime.Builder builder() {
    return GatunRuntime.builder().discover(false).threads(2).memoryBudget(1 << 20);
  }

  @Test
  void everyBackendOfTheProductHasAStatus() {
    try (GatunRuntime runtime = builder().build()) {
      List<BackendStatus> all = runtime.backends();
      assertEquals(
          List.of("cpu", "vector", "cuda", "metal", "openvino", "onnxruntime", "qnn"),
          all.stream().map(BackendStatus::id).toList());
      for (BackendStatus status : all) {
        assertFalse(status.module() || status.present() || status.able(), status.toString());
        assertFalse(status.reason().isEmpty());
      }
      assertTrue(all.getFirst().remedy().contains("dev.gatun:gatun-cpu"));
      assertTrue(all.get(3).reason().contains("its module is not on"));
      assertEquals(List.of(), runtime.devices());
    }
  }

  @Test
  void onlyWhatIsAskedForIsProbedAndOnce() {
    FakeProvider vector = FakeProvider.of("vector", FakeDevice.of("vector:512"));
    FakeProvider other = FakeProvider.of("other", FakeDevice.of("other:0"));
    try (GatunRuntime runtime = builder().provider(vector).provider(other).build()) {
      BackendStatus status = runtime.backend("vector");
      assertTrue(status.module() && status.present() && status.able());
      assertEquals("vector:512", status.devices().getFirst().id());
      assertEquals(1, vector.probes.get());
      assertEquals(0, other.probes.get());
      assertEquals(8, runtime.backends().size());
      assertEquals(2, runtime.devices().size());
      assertEquals(1, vector.probes.get());
      assertEquals(1, other.probes.get());
      assertThrows(GatunException.class, () -> runtime.backend("nonsense"));
    }
  }

  /** A provider that runs what a test gives it. */
  private abstract static class Probing implements BackendProvider {
    private final String id;

    Probing(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public List<RuntimeRequirement> runtimes() {
      return List.of();
    }
  }

  @Test
  void probesRunInParallel() {
    CyclicBarrier both = new CyclicBarrier(2);
    GatunRuntime.Builder builder = builder();
    for (String id : List.of("one", "two")) {
      builder.provider(
          new Probing(id) {
            @Override
            public Probe probe(ProbeContext context) {
              try {
                both.await(10, TimeUnit.SECONDS);
              } catch (Exception e) {
                throw new AssertionError("the other probe did not run meanwhile", e);
              }
              return new Probe(
                  id, List.of(Finding.bad(Finding.Stage.PRESENT, "none", "")), List.of());
            }
          });
    }
    try (GatunRuntime runtime = builder.build()) {
      assertEquals(9, runtime.backends().size());
    }
  }

  @Test
  void missingLibrariesAreFindingsAndOurBugsPropagate() {
    BackendProvider unlinked =
        new Probing("unlinked") {
          @Override
          public Probe probe(ProbeContext context) {
            throw new NoClassDefFoundError("jdk/incubator/vector/Vector");
          }
        };
    try (GatunRuntime runtime = builder().provider(unlinked).build()) {
      BackendStatus status = runtime.backend("unlinked");
      assertFalse(status.able());
      assertTrue(status.reason().contains("jdk/incubator/vector"), status.reason());
    }
    BackendProvider buggy =
        new Probing("buggy") {
          @Override
          public Probe probe(ProbeContext context) {
            throw new IllegalStateException("our mistake");
          }
        };
    try (GatunRuntime runtime = builder().provider(buggy).build()) {
      IllegalStateException e = assertThrows(IllegalStateException.class, runtime::backends);
      assertEquals("our mistake", e.getMessage());
    }
  }

  @Test
  void anotherVersionOfTheInterfaceIsRefused() {
    BackendProvider old =
        new Probing("old") {
          @Override
          public int spiVersion() {
            return 0;
          }

          @Override
          public Probe probe(ProbeContext context) {
            throw new AssertionError("probed");
          }
        };
    try (GatunRuntime runtime = builder().provider(old).build()) {
      BackendStatus status = runtime.backend("old");
      assertTrue(status.reason().contains("version 0"), status.reason());
      assertTrue(status.remedy().contains("same version"), status.remedy());
    }
  }

  @Test
  void sharedObjectsAreMadeOnceAndClosedAfterTheDevices() {
    List<String> closed = new ArrayList<>();
    List<AutoCloseable> seen = new ArrayList<>();
    record Team(List<String> log) implements AutoCloseable {
      @Override
      public void close() {
        log.add("team");
      }
    }
    FakeDevice device = FakeDevice.of("one:0");
    for (int round = 0; round < 1; round++) {
      GatunRuntime.Builder builder = builder();
      for (String id : List.of("one", "two")) {
        builder.provider(
            new Probing(id) {
              @Override
              public Probe probe(ProbeContext context) {
                synchronized (seen) {
                  seen.add(context.shared(Team.class, () -> new Team(closed)));
                }
                assertEquals(2, context.threads());
                assertEquals(1 << 20, context.memoryBudget());
                List<Device> devices = id.equals("one") ? List.of(device) : List.of();
                return new Probe(id, List.of(Finding.good(Finding.Stage.ABLE, "fine")), devices);
              }
            });
      }
      GatunRuntime runtime = builder.build();
      runtime.backends();
      assertEquals(2, seen.size());
      assertSame(seen.get(0), seen.get(1));
      assertEquals(List.of(), closed);
      runtime.close();
      assertTrue(device.closed);
      assertEquals(List.of("team"), closed);
      assertThrows(IllegalStateException.class, runtime::backends);
    }
  }

  @Test
  void settingsComeFromBuilderPropertyAndEnvironmentInThisOrder() {
    Map<String, String> environment = Map.of("GATUN_HOME", "/from/env", "GATUN_OFFLINE", "1");
    try (GatunRuntime runtime = builder().environment(environment::get).build()) {
      assertEquals("/from/env", runtime.settings().home().toString());
      assertTrue(runtime.settings().offline());
    }
    try (GatunRuntime runtime =
        builder()
            .environment(environment::get)
            .home(java.nio.file.Path.of("/from/builder"))
            .offline(false)
            .build()) {
      assertEquals("/from/builder", runtime.settings().home().toString());
      assertFalse(runtime.settings().offline());
    }
    Settings settings =
        new Settings(Map.of("gatun.a", "3G", "gatun.b", "x", "gatun.c", "0"), _ -> null);
    assertEquals(3L << 30, settings.number("gatun.a").orElseThrow());
    for (String bad : List.of("gatun.b", "gatun.c")) {
      GatunException e = assertThrows(GatunException.class, () -> settings.number(bad));
      assertEquals(GatunException.Kind.USAGE, e.kind());
      assertTrue(e.getMessage().contains(bad), e.getMessage());
    }
    assertThrows(GatunException.class, () -> settings.flag("gatun.b", true));
    assertTrue(settings.flag("gatun.none", true));
  }

  @Test
  void badSettingsAreUsageErrors() {
    GatunRuntime.Builder builder =
        GatunRuntime.builder().discover(false).property(Settings.THREADS, "many");
    GatunException e = assertThrows(GatunException.class, builder::build);
    assertEquals(2, e.kind().exitCode());
  }

  @Test
  void defaultsFitThisMachine() {
    try (GatunRuntime runtime = GatunRuntime.builder().discover(false).build()) {
      assertTrue(runtime.threads() >= 1);
      assertTrue(runtime.threads() <= Runtime.getRuntime().availableProcessors());
      assertTrue(runtime.memoryBudget() > 0);
    }
  }
}
