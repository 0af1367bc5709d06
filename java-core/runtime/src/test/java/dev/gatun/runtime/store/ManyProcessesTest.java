package dev.gatun.runtime.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.GatunRuntime;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes and threads pull at once; one of them is killed. */
class ManyProcessesTest {
  @TempDir Path home;
  private final byte[] file = new byte[1 << 20];
  private ModelServer server;
  private String reference;

  @BeforeEach
  void start() throws IOException {
    new Random(6).nextBytes(file);
    server = new ModelServer();
    server.put("/m.gguf", file);
    reference = server.address() + "/m.gguf#sha256=" + Digests.hex(Digests.sha256().digest(file));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Process process() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            classPath(),
            PullProcess.class.getName(),
            home.toString(),
            reference)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Everything that these tests run with, as a class path. */
  private static String classPath() {
    String testClasses =
        Stream.of("target/test-classes", "java-core/runtime/target/test-classes")
            .map(folder -> Path.of(folder).toAbsolutePath())
            .filter(Files::isDirectory)
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    return Stream.of(
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path", ""),
            testClasses)
        .filter(path -> !path.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private StoredModel pullHere() {
    try (GatunRuntime runtime =
        GatunRuntime.builder().discover(false).threads(1).memoryBudget(1).home(home).build()) {
      return runtime.puller().pull(reference, PullListener.NONE);
    }
  }

  private long downloads() {
    return server.requests.stream().filter(request -> request.uri().equals("/m.gguf")).count();
  }

  @Test
  void oneDownloadServesAll() throws Exception {
    server.millisPerBlock = 4;
    Process other = process();
    List<Thread> threads = new ArrayList<>();
    List<StoredModel> pulled = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 3; i++) {
      threads.add(Thread.ofPlatform().start(() -> pulled.add(pullHere())));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(other.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, other.exitValue());
    assertEquals(3, pulled.size());
    assertEquals(1, downloads(), server.requests.toString());
    assertEquals(1, new ModelStore(home).list().size());
  }

  @Test
  void aKilledProcessIsContinued() throws Exception {
    server.millisPerBlock = 10;
    Process victim = process();
    Path partial =
        home.resolve("models/partial").resolve(reference.substring(reference.length() - 64));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while ((!Files.exists(partial) || Files.size(partial) < 100_000)
        && System.nanoTime() < deadline
        && victim.isAlive()) {
      Thread.sleep(10);
    }
    victim.destroyForcibly();
    assertTrue(victim.waitFor(10, TimeUnit.SECONDS));
    assertTrue(Files.size(partial) >= 100_000);
    assertEquals(0, new ModelStore(home).list().size());
    server.millisPerBlock = 0;
    StoredModel model = pullHere();
    ModelStore store = new ModelStore(home);
    assertEquals(model.digest(), Digests.of(store.paths(model).getFirst()));
    String range =
        server.requests.stream()
            .map(ModelServer.Request::range)
            .filter(java.util.Objects::nonNull)
            .findFirst()
            .orElseThrow();
    assertTrue(Long.parseLong(range.replaceAll("\\D", "")) >= 100_000, range);
    assertEquals(List.of(), store.repair().deleted());
  }
}
