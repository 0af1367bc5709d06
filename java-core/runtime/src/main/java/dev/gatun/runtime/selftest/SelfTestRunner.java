package dev.gatun.runtime.selftest;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.detect.JavaLauncher;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.SelfTest;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The ABLE stage of backends that load native code: their self-test the first time, in a child JVM
 * if it may crash, its kept finding from then on. The child's death or silence is a finding.
 * Thread-safe.
 */
public final class SelfTestRunner {
  private static final long TIMEOUT_MILLIS = 60_000;
  private static final int TAIL = 600;

  private final ProbeContext context;
  private final Settings settings;
  private final SelfTestCache cache;

  public SelfTestRunner(ProbeContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
    cache = new SelfTestCache(folder());
  }

  /** Runs or recalls a self-test whose backend is present. */
  public Finding run(BackendProvider provider, SelfTest selfTest) {
    boolean child = selfTest.mayCrash();
    if (child && !settings.flag(Settings.PROBE_CHILD, true)) {
      return inProcess(selfTest, Settings.PROBE_CHILD + " is false");
    }
    Optional<Path> launcher = child ? JavaLauncher.find() : Optional.empty();
    if (child && launcher.isEmpty()) {
      return inProcess(selfTest, "this Java has no launcher for a child process");
    }
    String key = key(provider, selfTest);
    Optional<ChildResult> known =
        settings.flag(Settings.PROBE_REFRESH, false)
            ? Optional.empty()
            : cache.find(provider.id(), key);
    if (known.isPresent()) {
      return known.get().finding();
    }
    return child ? inChild(provider, selfTest, launcher.get(), key) : here(provider, selfTest, key);
  }

  /** What went wrong here may have had a cause that is gone the next time. */
  private Finding here(BackendProvider provider, SelfTest selfTest, String key) {
    Finding finding = SelfTestMain.test(selfTest, context);
    if (finding.good()) {
      cache.put(provider.id(), key, ChildResult.of(finding));
    }
    return finding;
  }

  private Finding inProcess(SelfTest selfTest, String why) {
    Finding finding = SelfTestMain.test(selfTest, context);
    return new Finding(
        finding.stage(),
        finding.good(),
        finding.reason() + " (tested in this process: " + why + ")",
        finding.remedy(),
        finding.cause());
  }

  private String key(BackendProvider provider, SelfTest selfTest) {
    String text =
        String.join(
            "\n",
            provider.id(),
            provider.getClass().getName(),
            selfTest.digest(context),
            System.getProperty("java.vm.version"),
            System.getProperty("os.arch"),
            System.getProperty("os.version"));
    return Digests.hex(Digests.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private Finding inChild(BackendProvider provider, SelfTest selfTest, Path launcher, String key) {
    Path work;
    Process process;
    try {
      Files.createDirectories(folder());
      work = Files.createTempDirectory(folder(), "run-");
    } catch (IOException e) {
      return inProcess(selfTest, "cannot write to " + folder());
    }
    try {
      List<String> command =
          ChildJvm.command(
              launcher,
              provider.getClass(),
              work,
              settings.get(Settings.PROBE_OPTIONS).stream()
                  .flatMap(options -> Arrays.stream(options.split(" ", -1)))
                  .toList(),
              properties(),
              List.of(
                  provider.getClass().getName(),
                  work.resolve("result").toString(),
                  Integer.toString(context.threads()),
                  Long.toString(context.memoryBudget())));
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(work.resolve("output").toFile())
              .redirectInput(ProcessBuilder.Redirect.PIPE)
              .start();
    } catch (IOException e) {
      delete(work);
      return inProcess(selfTest, "a child process cannot be started: " + e.getMessage());
    }
    try {
      return await(provider, process, work, key);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      delete(work);
    }
  }

  /** All settings; the home too, which may come from the environment. */
  private Map<String, String> properties() {
    Map<String, String> properties = settings.gatunProperties();
    properties.put(Settings.HOME, settings.home().toString());
    return properties;
  }

  private Finding await(BackendProvider provider, Process process, Path work, String key) {
    long timeout = settings.number(Settings.PROBE_TIMEOUT).orElse(TIMEOUT_MILLIS);
    try {
      if (!process.waitFor(timeout, TimeUnit.MILLISECONDS)) {
        // Not kept: a machine under load is no broken driver.
        return Finding.bad(
            Finding.Stage.ABLE,
            "its self-test did not end within " + timeout + " ms",
            "restart the driver or the machine, or allow more time with -D"
                + Settings.PROBE_TIMEOUT
                + "=MILLISECONDS");
      }
      ChildResult result =
          process.exitValue() == 0
              ? ChildResult.read(work.resolve("result"))
              : died(process.exitValue(), work);
      cache.put(provider.id(), key, result);
      return result.finding();
    } catch (IOException e) {
      return Finding.bad(Finding.Stage.ABLE, "its self-test ended, but " + e.getMessage(), "", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.bad(Finding.Stage.ABLE, "interrupted during its self-test", "try again");
    }
  }

  private static ChildResult died(int exitCode, Path work) throws IOException {
    String how =
        exitCode > 128 && exitCode < 160
            ? "was killed by signal " + (exitCode - 128)
            : "ended with exit code " + exitCode;
    String tail = tail(work.resolve("output"));
    return new ChildResult(
        false,
        "its self-test " + how + (tail.isEmpty() ? "" : "; its last words: " + tail),
        "update or reinstall the driver or library, then try again");
  }

  private static String tail(Path output) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(output)) {
      long skip = Math.max(0, Files.size(output) - TAIL);
      in.skipNBytes(skip);
      bytes = in.readNBytes(TAIL);
    }
    return new String(bytes, StandardCharsets.UTF_8).strip().replaceAll("\\s*[\\r\\n]+\\s*", " | ");
  }

  private Path folder() {
    return settings.home().resolve("cache").resolve("selftests");
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.getLogger(SelfTestRunner.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot delete " + folder, e);
    }
  }
}
