package dev.gatun.runtime.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.selftest.ChildProviders.Base;
import dev.gatun.runtime.spi.Finding;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Self-tests run in a child JVM that may crash, hang or vanish. */
class SelfTestRunnerTest {
  @TempDir Path home;
  private GatunRuntime.Builder builder;

  @BeforeEach
  void prepare() {
    builder = builder();
  }

  private GatunRuntime.Builder builder() {
    GatunRuntime.Builder fresh =
        GatunRuntime.builder()
            .discover(false)
            .home(home)
            .threads(3)
            .memoryBudget(1000)
            .property("gatun.test.setting", "a b");
    // On the module path the child sees the module, but not the tests that are patched into it.
    if (SelfTestMain.class.getModule().isNamed()) {
      fresh.property(
          Settings.PROBE_OPTIONS,
          "--patch-module dev.gatun.runtime=" + location(ChildProviders.class));
    }
    return fresh;
  }

  private static String location(Class<?> type) {
    String resource = type.getName().replace('.', '/') + ".class";
    for (Path start = Path.of("").toAbsolutePath(); start != null; start = start.getParent()) {
      for (String folder :
          new String[] {"target/test-classes", "java-core/runtime/target/test-classes"}) {
        if (Files.exists(start.resolve(folder).resolve(resource))) {
          return start.resolve(folder).toString();
        }
      }
    }
    throw new AssertionError("no test classes around " + new File("").getAbsolutePath());
  }

  private BackendStatus status(Base provider) {
    try (GatunRuntime runtime = builder.provider(provider).build()) {
      return runtime.backend(provider.id());
    }
  }

  private static Finding able(BackendStatus status) {
    return status.findings().stream()
        .filter(finding -> finding.stage() == Finding.Stage.ABLE)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSoundBackendIsTestedInAChildOnce() throws IOException {
    Base first = new ChildProviders.Sound();
    Finding finding = able(status(first));
    assertTrue(finding.good(), finding.toString());
    assertTrue(finding.reason().endsWith("3 threads, setting a b"), finding.reason());
    assertFalse(finding.reason().contains("process " + ProcessHandle.current().pid()));
    assertEquals(0, first.runsHere);
    assertEquals(1, first.probes);
    builder = builder();
    assertEquals(finding.reason(), able(status(new ChildProviders.Sound())).reason());
    builder = builder().property("gatun.test.digest", "2");
    String renewed = able(status(new ChildProviders.Sound())).reason();
    assertNotEquals(finding.reason(), renewed);
    builder = builder().property("gatun.test.digest", "2").property(Settings.PROBE_REFRESH, "true");
    assertNotEquals(renewed, able(status(new ChildProviders.Sound())).reason());
    try (Stream<Path> files = Files.list(home.resolve("cache/selftests"))) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void whatCannotCrashIsTestedHereAndKeptWhenItIsGood() {
    Base failing = new ChildProviders.Own();
    assertFalse(status(failing).able());
    assertEquals(1, failing.runsHere);
    Base passing = new ChildProviders.Own();
    builder = builder().property("gatun.test.setting", "good");
    assertEquals("passed", able(status(passing)).reason());
    assertEquals(1, passing.runsHere);
    Base known = new ChildProviders.Own();
    builder = builder();
    assertEquals("passed", able(status(known)).reason());
    assertEquals(0, known.runsHere);
    assertEquals(1, known.probes);
  }

  @Test
  void aCrashIsAFindingAndKept() {
    Base crashing = new ChildProviders.Crashing();
    BackendStatus status = status(crashing);
    assertTrue(status.present());
    assertFalse(status.able());
    assertTrue(status.reason().contains("killed by signal 6"), status.reason());
    assertTrue(status.reason().contains("segmentation fault in libdriver"), status.reason());
    assertTrue(status.remedy().contains("driver"), status.remedy());
    assertEquals(0, crashing.probes);
    long start = System.nanoTime();
    builder = builder();
    assertEquals(status.reason(), status(new ChildProviders.Crashing()).reason());
    assertTrue(System.nanoTime() - start < 200_000_000L, "the finding was not remembered");
  }

  @Test
  void aHangIsAFindingAndNotKept() throws IOException {
    builder.property(Settings.PROBE_TIMEOUT, "1500");
    BackendStatus status = status(new ChildProviders.Hanging());
    assertFalse(status.able());
    assertTrue(status.reason().contains("did not end within 1500 ms"), status.reason());
    assertTrue(status.remedy().contains(Settings.PROBE_TIMEOUT), status.remedy());
    try (Stream<Path> files = Files.list(home.resolve("cache/selftests"))) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void otherEndsAreFindingsToo() {
    BackendStatus vanished = status(new ChildProviders.Vanishing());
    assertTrue(vanished.reason().contains("left no result"), vanished.reason());
    BackendStatus unlinked = status(new ChildProviders.Unlinked());
    assertTrue(unlinked.reason().contains("no libdriver.so.1"), unlinked.reason());
    BackendStatus refusing = status(new ChildProviders.Refusing());
    assertTrue(refusing.reason().contains("status 46"), refusing.reason());
    BackendStatus absent = status(new ChildProviders.Absent());
    assertFalse(absent.present());
    assertEquals("no driver", absent.reason());
    assertEquals("install one", absent.remedy());
  }

  @Test
  void withoutChildrenTheTestRunsHereAndSaysSo() {
    builder.property(Settings.PROBE_CHILD, "false");
    Base sound = new ChildProviders.Sound();
    Finding finding = able(status(sound));
    assertTrue(finding.good());
    assertTrue(finding.reason().contains("tested in this process"), finding.reason());
    assertEquals(1, sound.runsHere);
  }

  @Test
  void aHomeThatCannotBeWrittenMeansInProcess() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "not a folder");
    builder.home(file);
    Finding finding = able(status(new ChildProviders.Sound()));
    assertTrue(finding.reason().contains("cannot write"), finding.reason());
  }

  @Test
  void damagedCacheFilesAreIgnored() throws IOException {
    SelfTestCache cache = new SelfTestCache(home);
    ChildResult result = new ChildResult(false, "reason", "remedy");
    cache.put("x", "key", result);
    assertEquals(result, cache.find("x", "key").orElseThrow());
    assertTrue(cache.find("x", "other").isEmpty());
    Path file = home.resolve("x.json");
    byte[] sound = Files.readAllBytes(file);
    Random random = new Random(23);
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = Arrays.copyOf(sound, random.nextInt(sound.length + 1));
      for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      // Whatever it says, it is a finding or nothing, never an exception.
      cache.find("x", "key").ifPresent(found -> assertFalse(found.reason() == null));
    }
    Files.write(file, "[".repeat(200_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertTrue(cache.find("x", "key").isEmpty());
    Files.write(file, new byte[1 << 20]);
    assertTrue(cache.find("x", "key").isEmpty());
    Files.delete(file);
    Files.createDirectory(file);
    assertTrue(cache.find("x", "key").isEmpty());
    cache.put("x", "key", result);
  }

  @Test
  void damagedResultsAreRefused() throws IOException {
    Path file = home.resolve("result");
    new ChildResult(true, "fine", "").write(file);
    assertEquals("fine", ChildResult.read(file).reason());
    byte[] sound = Files.readAllBytes(file);
    Random random = new Random(29);
    for (int i = 0; i < 500; i++) {
      Files.write(file, Arrays.copyOf(sound, random.nextInt(sound.length)));
      assertThrows(IOException.class, () -> ChildResult.read(file));
    }
    Files.delete(file);
    assertThrows(IOException.class, () -> ChildResult.read(file));
  }
}
