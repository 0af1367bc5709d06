package dev.gatun.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Graph;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.fake.FakeDevice;
import dev.gatun.runtime.fake.FakeProvider;
import dev.gatun.runtime.fake.ToyModel;
import dev.gatun.runtime.plan.NodeProfile;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.tensor.GatunException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions give the same rows on every kind of device, in one slice or many. */
class SessionTest {
  private static final SessionOptions OPTIONS = new SessionOptions(3, 40, 8, 8);
  private static final StateCapabilities OPAQUE =
      new StateCapabilities(StateCapabilities.Layout.OPAQUE, 1, false, false, false);

  /** Values between devices are F32, the fake device computes in double precision. */
  private static final float TOLERANCE = 1e-4f;

  /** Devices under test. */
  enum Case {
    PLAIN,
    HIDDEN_MEMORY,
    TWO_DEVICES,
    TWO_HIDDEN_DEVICES;

    List<FakeDevice> devices() {
      FakeDevice.Settings a = FakeDevice.Settings.of("a:0");
      FakeDevice.Settings b = FakeDevice.Settings.of("b:0");
      return switch (this) {
        case PLAIN -> List.of(new FakeDevice(a));
        case HIDDEN_MEMORY -> List.of(new FakeDevice(a.opaque()));
        case TWO_DEVICES ->
            List.of(
                new FakeDevice(a.refusing("blk.1.attention")),
                new FakeDevice(b.refusing("embed", "blk.0.attention")));
        case TWO_HIDDEN_DEVICES ->
            List.of(
                new FakeDevice(a.opaque().refusing("blk.1.attention")),
                new FakeDevice(b.opaque().refusing("embed", "blk.0.k")));
      };
    }

    CompiledPlan compile(GatunRuntime runtime, Graph graph, CompileOptions options) {
      return runtime.compile(PlanRequest.of(graph, OPTIONS), options);
    }

    GatunRuntime runtime() {
      GatunRuntime.Builder builder = GatunRuntime.builder().discover(false).threads(1);
      for (FakeDevice device : devices()) {
        builder.provider(FakeProvider.of(device.info().backend(), device));
      }
      return builder.build();
    }
  }

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open.reversed()) {
      resource.close();
    }
  }

  private Session session(Case kind, SessionOptions options, CompileOptions compile) {
    GatunRuntime runtime = kind.runtime();
    open.add(runtime);
    CompiledPlan plan = kind.compile(runtime, ToyModel.graph(2), compile);
    assertEquals(kind.devices().size(), plan.plan().slices().size());
    return plan.newSession(options);
  }

  private Session session(FakeDevice device, SessionOptions options) {
    GatunRuntime runtime =
        GatunRuntime.builder().discover(false).provider(FakeProvider.of("a", device)).build();
    open.add(runtime);
    PlanRequest request = PlanRequest.of(ToyModel.graph(1), options);
    return runtime.compile(request, CompileOptions.DEFAULT).newSession(options);
  }

  private static Batch batch(int sequence, int from, boolean allRows, int... tokens) {
    Batch batch = new Batch(tokens.length);
    for (int i = 0; i < tokens.length; i++) {
      batch.add(tokens[i], from + i, sequence, allRows || i == tokens.length - 1);
    }
    return batch;
  }

  private static float[] row(Session session, int row) {
    float[] values = new float[session.output().columns()];
    session.output().copyRow(row, values);
    return values;
  }

  /** The last row of logits after some tokens, computed in one go on the plain device. */
  private static float[] expected(int... tokens) {
    try (GatunRuntime runtime = Case.PLAIN.runtime();
        CompiledPlan plan = Case.PLAIN.compile(runtime, ToyModel.graph(2), CompileOptions.DEFAULT);
        Session session = plan.newSession(new SessionOptions(1, 40, 40, 1))) {
      session.openSequence(0);
      for (int i = 0; i < tokens.length; i++) {
        session.run(batch(0, i, false, tokens[i]));
      }
      return row(session, 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void partsGiveTheSameRowsAsTokenByToken(Case kind) {
    int[] tokens = new Random(3).ints(27, 0, ToyModel.VOCABULARY).toArray();
    Session session = session(kind, new SessionOptions(1, 40, 8, 27), CompileOptions.DEFAULT);
    session.openSequence(0);
    session.run(batch(0, 0, true, tokens));
    assertEquals(27, session.output("logits").rows());
    assertEquals(27, session.positions(0));
    for (int i : new int[] {0, 7, 8, 26}) {
      assertArrayEquals(expected(Arrays.copyOf(tokens, i + 1)), row(session, i), TOLERANCE);
    }
    session.run(batch(0, 27, false, 4));
    int[] longer = Arrays.copyOf(tokens, 28);
    longer[27] = 4;
    assertArrayEquals(expected(longer), row(session, 0), TOLERANCE);
  }

  @Test
  void fewRowsCutABatchToo() {
    FakeDevice device = FakeDevice.of("a:0");
    SessionOptions narrow = new SessionOptions(1, 40, 8, 2);
    Session session = session(device, narrow);
    session.openSequence(0);
    Batch batch = new Batch(6);
    for (int i = 0; i < 6; i++) {
      batch.add(i, i, 0, i == 1 || i == 5);
    }
    session.run(batch);
    assertEquals(1, device.submissions.get());
    Batch three = batch(0, 6, true, 1, 2, 3);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> session.run(three));
    assertTrue(e.getMessage().contains("3 rows wanted"), e.getMessage());
    assertEquals(6, session.positions(0));
  }

  @ParameterizedTest
  @EnumSource
  void sequencesOfOneBatchDoNotMix(Case kind) {
    Session session = session(kind, OPTIONS, CompileOptions.DEFAULT);
    session.openSequence(0);
    session.openSequence(2);
    Batch both = new Batch(5);
    both.add(1, 0, 0, false);
    both.add(5, 0, 2, false);
    both.add(2, 1, 0, true);
    both.add(6, 1, 2, false);
    both.add(7, 2, 2, true);
    session.run(both);
    assertArrayEquals(expected(1, 2), row(session, 0), TOLERANCE);
    assertArrayEquals(expected(5, 6, 7), row(session, 1), TOLERANCE);
  }

  @ParameterizedTest
  @EnumSource
  void truncateForkSaveRestoreAreLikeRecomputing(Case kind) throws IOException {
    Session session = session(kind, OPTIONS, CompileOptions.DEFAULT);
    session.openSequence(0);
    session.run(batch(0, 0, false, 1, 2, 3, 4));
    session.fork(0, 1);
    session.truncate(0, 2);
    session.run(batch(0, 2, false, 9));
    assertArrayEquals(expected(1, 2, 9), row(session, 0), TOLERANCE);
    session.run(batch(1, 4, false, 5));
    assertArrayEquals(expected(1, 2, 3, 4, 5), row(session, 0), TOLERANCE);
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    session.save(1, saved);
    session.closeSequence(1);
    assertFalse(session.isOpen(1));
    session.restore(1, new ByteArrayInputStream(saved.toByteArray()));
    assertEquals(5, session.positions(1));
    session.run(batch(1, 5, false, 6));
    assertArrayEquals(expected(1, 2, 3, 4, 5, 6), row(session, 0), TOLERANCE);
  }

  @Test
  void damagedSavesAreRefusedAndLeaveTheSequenceClosed() throws IOException {
    Session session = session(Case.TWO_DEVICES, OPTIONS, CompileOptions.DEFAULT);
    session.openSequence(0);
    session.run(batch(0, 0, false, 1, 2, 3));
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    session.save(0, saved);
    session.closeSequence(0);
    byte[] sound = saved.toByteArray();
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] damaged =
          Arrays.copyOf(
              sound, random.nextInt(4) == 0 ? random.nextInt(sound.length) : sound.length);
      if (damaged.length == sound.length) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      assertThrows(IOException.class, () -> session.restore(0, new ByteArrayInputStream(damaged)));
      assertFalse(session.isOpen(0));
      refused++;
    }
    assertEquals(400, refused);
    session.restore(0, new ByteArrayInputStream(sound));
    session.run(batch(0, 3, false, 4));
    assertArrayEquals(expected(1, 2, 3, 4), row(session, 0), TOLERANCE);
  }

  @Test
  void aSaveOfAnotherModelIsRefused() throws IOException {
    Session two = session(Case.PLAIN, OPTIONS, CompileOptions.DEFAULT);
    two.openSequence(0);
    two.run(batch(0, 0, false, 1));
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    two.save(0, saved);
    Session one = session(FakeDevice.of("a:0"), OPTIONS);
    IOException e =
        assertThrows(
            IOException.class, () -> one.restore(0, new ByteArrayInputStream(saved.toByteArray())));
    assertTrue(e.getMessage().contains("another model"), e.getMessage());
  }

  @Test
  void anOpaqueOneSequenceStateIsServedAndItsLimitsAreNamed() {
    FakeDevice device = new FakeDevice(FakeDevice.Settings.of("a:0").state(OPAQUE));
    SessionOptions single = new SessionOptions(1, 40, 4, 4);
    Session session = session(device, single);
    session.openSequence(0);
    session.run(batch(0, 0, false, 1, 2, 3, 4, 5, 6));
    assertEquals(2, device.submissions.get());
    BackendException truncate = assertThrows(BackendException.class, () -> session.truncate(0, 3));
    assertTrue(truncate.getMessage().contains("OPAQUE"), truncate.getMessage());
    assertThrows(BackendException.class, () -> session.save(0, new ByteArrayOutputStream()));
    session.truncate(0, 6);
    session.closeSequence(0);
    session.openSequence(0);
    session.run(batch(0, 0, false, 1));
    assertEquals(1, session.positions(0));
    BackendException many =
        assertThrows(
            BackendException.class,
            () -> session(new FakeDevice(FakeDevice.Settings.of("a:0").state(OPAQUE)), OPTIONS));
    assertTrue(many.getMessage().contains("at most 1"), many.getMessage());
  }

  @Test
  void aBatchThatDoesNotFitIsRefusedBeforeAnythingRuns() {
    FakeDevice device = FakeDevice.of("a:0");
    Session session = session(device, new SessionOptions(2, 6, 8, 8));
    session.openSequence(0);
    assertThrows(IllegalArgumentException.class, () -> session.run(batch(0, 1, false, 1)));
    assertThrows(IllegalStateException.class, () -> session.run(batch(1, 0, false, 1)));
    assertThrows(IllegalArgumentException.class, () -> session.run(batch(5, 0, false, 1)));
    assertThrows(IllegalArgumentException.class, () -> session.run(batch(-1, 0, false, 1)));
    GatunException full =
        assertThrows(
            GatunException.class, () -> session.run(batch(0, 0, false, 1, 2, 3, 4, 5, 6, 7)));
    assertTrue(full.getMessage().contains("0 of 6 positions"), full.getMessage());
    assertEquals(0, device.submissions.get());
    session.run(batch(0, 0, false, 1, 2, 3, 4));
    assertThrows(GatunException.class, () -> session.fork(0, 1));
    assertFalse(session.isOpen(1));
    assertThrows(IllegalArgumentException.class, () -> session.truncate(0, 5));
    assertThrows(IllegalStateException.class, () -> session.openSequence(0));
    assertThrows(IllegalArgumentException.class, () -> session.output("nothing"));
  }

  @Test
  void aFailedSubmissionBreaksItsSequencesOnly() {
    FakeDevice device = FakeDevice.of("a:0");
    Session session = session(device, OPTIONS);
    session.openSequence(0);
    session.openSequence(1);
    session.run(batch(1, 0, false, 2));
    device.failure = new BackendException("lost");
    assertThrows(BackendException.class, () -> session.run(batch(0, 0, false, 1)));
    device.failure = null;
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> session.run(batch(0, 0, false, 1)));
    assertTrue(e.getMessage().contains("close it"), e.getMessage());
    session.run(batch(1, 1, false, 3));
    session.closeSequence(0);
    session.openSequence(0);
    session.run(batch(0, 0, false, 1));
  }

  @Test
  void cancellingEndsBetweenPartsAndKeepsWhatRan() throws InterruptedException {
    FakeDevice device = FakeDevice.of("a:0");
    Session session = session(device, new SessionOptions(1, 40, 1, 1));
    session.openSequence(0);
    device.sleepMillis = 20;
    CountDownLatch started = new CountDownLatch(1);
    Thread canceller =
        Thread.ofVirtual()
            .start(() -> {
              started.countDown();
              while (device.submissions.get() < 2) {
                Thread.onSpinWait();
              }
              session.cancel();
            });
    started.await();
    assertThrows(
        CancellationException.class,
        () -> session.run(batch(0, 0, false, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)));
    canceller.join();
    int stored = session.positions(0);
    assertTrue(stored >= 2 && stored < 10, "stored " + stored);
    assertEquals(stored, device.submissions.get());
    session.run(batch(0, stored, false, 1));
    session.cancel();
    assertThrows(CancellationException.class, () -> session.run(batch(0, stored + 1, false, 1)));
    session.run(batch(0, stored + 1, false, 1));
  }

  @Test
  void aSecondThreadIsRefusedWhileOneIsInside() throws InterruptedException {
    FakeDevice device = FakeDevice.of("a:0");
    Session session = session(device, OPTIONS);
    session.openSequence(0);
    device.sleepMillis = 300;
    Thread other = Thread.ofPlatform().start(() -> session.run(batch(0, 0, false, 1)));
    while (device.submissions.get() == 0) {
      Thread.onSpinWait();
    }
    assertThrows(IllegalStateException.class, () -> session.run(batch(0, 1, false, 1)));
    assertThrows(IllegalStateException.class, session::close);
    other.join();
    device.sleepMillis = 0;
    session.run(batch(0, 1, false, 1));
  }

  @ParameterizedTest
  @EnumSource
  void observedValuesAndProfilesAreThere(Case kind) {
    CompileOptions options =
        CompileOptions.DEFAULT.withObserve(Set.of("blk.0.residual")).withProfile(true);
    Session session = session(kind, OPTIONS, options);
    session.openSequence(0);
    session.run(batch(0, 0, false, 1, 2, 3));
    assertEquals(3, session.output("blk.0.residual").rows());
    assertEquals(8, session.output("blk.0.residual").columns());
    List<NodeProfile> profile = session.profile();
    assertEquals(ToyModel.graph(2).nodes().size(), profile.size());
    NodeProfile logits =
        profile.stream().filter(line -> line.node().equals("logits")).findFirst().orElseThrow();
    assertEquals("MatMul", logits.op());
    assertTrue(logits.flops() > 0 && logits.nanoseconds() == 1000, logits.toString());
  }

  @Test
  void observingWhatDoesNotExistIsRefused() {
    CompileOptions options = CompileOptions.DEFAULT.withObserve(Set.of("nowhere"));
    assertThrows(IllegalArgumentException.class, () -> session(Case.PLAIN, OPTIONS, options));
  }

  @Test
  void closingTheRuntimeClosesAllAndClosingTwiceIsFine() {
    FakeDevice device = FakeDevice.of("a:0");
    GatunRuntime runtime =
        GatunRuntime.builder().discover(false).provider(FakeProvider.of("a", device)).build();
    PlanRequest request = PlanRequest.of(ToyModel.graph(1), OPTIONS).withPolicy(Policy.auto());
    CompiledPlan plan = runtime.compile(request, CompileOptions.DEFAULT);
    Session first = plan.newSession(OPTIONS);
    plan.newSession(OPTIONS);
    first.close();
    first.close();
    assertEquals(2, device.live.get());
    runtime.close();
    assertTrue(device.closed);
    assertEquals(0, device.live.get());
    runtime.close();
    plan.close();
    assertThrows(IllegalStateException.class, () -> plan.newSession(OPTIONS));
    assertThrows(IllegalStateException.class, () -> first.openSequence(0));
  }

  @Test
  void workIsCountedWhileItIsAskedForAtTheSizesSubmitted() {
    GatunRuntime runtime = Case.TWO_DEVICES.runtime();
    open.add(runtime);
    CompiledPlan plan =
        Case.TWO_DEVICES.compile(runtime, ToyModel.graph(2), CompileOptions.DEFAULT);
    Session session = plan.newSession(OPTIONS);
    session.openSequence(0);
    session.run(batch(0, 0, false, 1, 2));
    Cost cost = runtime.workOf(() -> session.run(batch(0, 2, false, 3, 4, 5)));
    Cost twice =
        runtime.workOf(() -> {
          session.run(batch(0, 5, false, 1, 2, 3));
          session.run(batch(0, 8, false, 1, 2, 3));
        });
    Cost expected =
        CostSummary.of(plan.plan().request().graph(), Map.of(Batch.TOKENS, 3L, Batch.ROWS, 1L), 0)
            .total();
    assertEquals(expected, cost);
    assertEquals(expected.times(2), twice);
  }
}
