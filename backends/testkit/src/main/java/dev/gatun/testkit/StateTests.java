package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.testkit.Conversation.Turn;
import dev.gatun.testkit.TinyModel.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.ThrowingConsumer;

/** What sessions promise about sequences: every way to a text gives the logits of the text. */
final class StateTests {
  private static final int CAPACITY = 160;
  private static final int[] TEXT = {3, 14, 15, 92, 65, 35, 89, 79, 32, 38, 46};
  private static final int[] OTHER = {27, 18, 28, 18, 28, 45, 90};

  /** Submissions of other sizes may sum in another order; two layers amplify 2^-24 to this. */
  private static final double TOLERANCE = 1e-4;

  /** The same of half precision: 2^-11. */
  private static final double HALF_TOLERANCE = 0.1;

  private final Device device;
  private final Graph graph;
  private final double tolerance;

  private StateTests(Device device, Graph graph, Precision precision) {
    this.device = device;
    this.graph = graph;
    tolerance = precision == Precision.HALF ? HALF_TOLERANCE : TOLERANCE;
  }

  static Stream<DynamicTest> tests(Device device, ConformanceOptions options) {
    return Stream.of(Kind.LLAMA, Kind.GEMMA, Kind.LATENT)
        .flatMap(kind ->
            new StateTests(device, TinyModel.of(kind).graph(), options.precision()).all(kind))
        .filter(test -> options.filter().test(test.getDisplayName()));
  }

  private Stream<DynamicTest> all(Kind kind) {
    return Stream.of(
        test(kind, "parts equal the whole", this::parts),
        test(kind, "closed sequences are forgotten", this::reopen),
        test(kind, "sequences together equal each alone", this::together),
        test(kind, "truncate equals recomputing", this::truncate),
        test(kind, "fork equals recomputing", this::fork),
        test(kind, "save and restore equal recomputing", this::saveAndRestore),
        test(kind, "damaged and foreign states are refused", this::damaged),
        test(kind, "what is not offered throws", this::notOffered),
        test(kind, "misuse throws and harms nobody", this::misuse),
        test(kind, "a full session says so", this::full));
  }

  private DynamicTest test(Kind kind, String name, ThrowingConsumer<Executable> body) {
    return dynamicTest(
        "State/%s: %s".formatted(kind, name),
        () -> {
          assumeTrue(
              device.assess(graph, Conversation.profiles()).takesAll(),
              "the device refuses the model");
          try (Executable executable =
              Conversation.compile(device, graph, CompileOptions.DEFAULT)) {
            body.accept(executable);
          }
        });
  }

  private Conversation start(Executable executable) {
    int sequences = Math.min(4, executable.state().maxSequences());
    return new Conversation(graph, executable, sequences, CAPACITY);
  }

  /** The logits after a text, in a session of its own, as one submission. */
  private double[] fresh(Executable executable, int... text) {
    try (Conversation alone = start(executable)) {
      return alone.open(0).tell(0, text);
    }
  }

  private void parts(Executable executable) {
    double[] whole = fresh(executable, TEXT);
    try (Conversation talk = start(executable)) {
      talk.open(0).tell(0, Arrays.copyOf(TEXT, 4));
      talk.tell(0, Arrays.copyOfRange(TEXT, 4, 5));
      same(whole, talk.tell(0, Arrays.copyOfRange(TEXT, 5, TEXT.length)));
    }
    try (Conversation talk = start(executable)) {
      talk.open(0);
      double[] last = {};
      for (int token : TEXT) {
        last = talk.tell(0, token);
      }
      same(whole, last);
    }
  }

  private void reopen(Executable executable) {
    try (Conversation talk = start(executable)) {
      talk.open(0).tell(0, OTHER);
      talk.session().closeSequence(0);
      same(fresh(executable, TEXT), talk.open(0).tell(0, TEXT));
    }
  }

  private void together(Executable executable) {
    requireSequences(executable, 3);
    try (Conversation talk = start(executable)) {
      talk.open(0).open(2);
      List<double[]> first = talk.together(Turn.of(0, TEXT), Turn.of(2, OTHER));
      same(fresh(executable, TEXT), first.get(0));
      same(fresh(executable, OTHER), first.get(1));
      talk.open(1);
      List<double[]> second = talk.together(Turn.of(2, 5, 6), Turn.of(1, TEXT), Turn.of(0, 7));
      same(fresh(executable, append(OTHER, 5, 6)), second.get(0));
      same(fresh(executable, TEXT), second.get(1));
      same(fresh(executable, append(TEXT, 7)), second.get(2));
    }
  }

  private void truncate(Executable executable) {
    assumeTrue(executable.state().truncate(), "the state cannot be truncated");
    try (Conversation talk = start(executable)) {
      talk.open(0).tell(0, TEXT);
      talk.session().truncate(0, 5);
      talk.standsAt(0, 5);
      same(fresh(executable, append(Arrays.copyOf(TEXT, 5), OTHER)), talk.tell(0, OTHER));
      talk.session().truncate(0, 5 + OTHER.length);
      talk.session().truncate(0, 0);
      talk.standsAt(0, 0);
      same(fresh(executable, OTHER), talk.tell(0, OTHER));
      assertThrows(RuntimeException.class, () -> talk.session().truncate(0, OTHER.length + 1));
      assertThrows(RuntimeException.class, () -> talk.session().truncate(0, -1));
      same(fresh(executable, append(OTHER, 1)), talk.tell(0, 1));
    }
  }

  private void fork(Executable executable) {
    StateCapabilities state = executable.state();
    assumeTrue(state.fork(), "the state cannot be copied");
    requireSequences(executable, 3);
    try (Conversation talk = start(executable)) {
      talk.open(0).tell(0, TEXT);
      talk.session().fork(0, 1);
      talk.standsAt(1, TEXT.length);
      // Both write the positions after the common ones, each its own.
      same(fresh(executable, append(TEXT, 1, 2, 3)), talk.tell(0, 1, 2, 3));
      same(fresh(executable, append(TEXT, 4, 5)), talk.tell(1, 4, 5));
      same(fresh(executable, append(TEXT, 1, 2, 3, 9)), talk.tell(0, 9));
      talk.session().fork(1, 2);
      talk.standsAt(2, TEXT.length + 2);
      talk.session().closeSequence(0);
      talk.session().closeSequence(1);
      same(fresh(executable, append(TEXT, 4, 5, 6)), talk.tell(2, 6));
      if (state.truncate()) {
        talk.session().fork(2, 0);
        talk.session().truncate(0, 3);
        talk.standsAt(0, 3);
        same(fresh(executable, append(Arrays.copyOf(TEXT, 3), 8)), talk.tell(0, 8));
        same(fresh(executable, append(TEXT, 4, 5, 6, 7)), talk.tell(2, 7));
      }
      assertThrows(RuntimeException.class, () -> talk.session().fork(2, 2));
      assertThrows(RuntimeException.class, () -> talk.session().fork(1, 3));
    }
  }

  private void saveAndRestore(Executable executable) throws IOException {
    assumeTrue(executable.state().save(), "the state cannot be saved");
    byte[] saved;
    try (Conversation talk = start(executable)) {
      talk.open(0).tell(0, TEXT);
      saved = save(talk, 0);
      same(fresh(executable, append(TEXT, 1)), talk.tell(0, 1));
    }
    int target = Math.min(1, executable.state().maxSequences() - 1);
    try (Conversation talk = start(executable)) {
      talk.session().restore(target, new ByteArrayInputStream(saved));
      talk.standsAt(target, TEXT.length);
      same(fresh(executable, append(TEXT, OTHER)), talk.tell(target, OTHER));
      assertThrows(
          RuntimeException.class,
          () -> talk.session().restore(target, new ByteArrayInputStream(saved)));
      talk.session().closeSequence(target);
      talk.open(target);
      byte[] empty = save(talk, target);
      talk.session().closeSequence(target);
      talk.session().restore(target, new ByteArrayInputStream(empty));
      talk.standsAt(target, 0);
      same(fresh(executable, TEXT), talk.tell(target, TEXT));
    }
  }

  private void damaged(Executable executable) throws IOException {
    assumeTrue(executable.state().save(), "the state cannot be saved");
    byte[] saved;
    try (Conversation talk = start(executable)) {
      talk.open(0).tell(0, 1, 2, 3);
      saved = save(talk, 0);
    }
    try (Conversation talk = start(executable)) {
      for (int length = 0; length < saved.length; length += 1 + saved.length / 40) {
        refuses(talk, Arrays.copyOf(saved, length), "cut to " + length);
      }
      for (int at = 0; at < saved.length; at += 1 + saved.length / 80) {
        byte[] flipped = saved.clone();
        flipped[at] ^= (byte) (1 << (at % 8));
        refuses(talk, flipped, "bit flipped in byte " + at);
      }
      same(fresh(executable, TEXT), talk.open(0).tell(0, TEXT));
    }
    Graph other = TinyModel.of(Kind.QWEN).graph();
    try (Executable foreign = Conversation.compile(device, other, CompileOptions.DEFAULT);
        Conversation talk = new Conversation(other, foreign, 1, CAPACITY)) {
      refuses(talk, saved, "of another model");
    }
  }

  private static void refuses(Conversation talk, byte[] state, String what) {
    assertThrows(
        IOException.class, () -> talk.session().restore(0, new ByteArrayInputStream(state)), what);
    // The sequence stays closed: closing it is an error, opening it is not.
    assertThrows(RuntimeException.class, () -> talk.session().closeSequence(0), what);
  }

  private void notOffered(Executable executable) {
    StateCapabilities state = executable.state();
    try (Conversation talk = start(executable)) {
      talk.open(0).tell(0, TEXT);
      if (!state.truncate()) {
        assertThrows(BackendException.class, () -> talk.session().truncate(0, 3));
      }
      if (!state.fork()) {
        assertThrows(BackendException.class, () -> talk.session().fork(0, 1));
      }
      if (!state.save()) {
        assertThrows(
            BackendException.class, () -> talk.session().save(0, new ByteArrayOutputStream()));
        assertThrows(
            BackendException.class,
            () -> talk.session().restore(1, new ByteArrayInputStream(new byte[9])));
      }
      same(fresh(executable, append(TEXT, OTHER)), talk.tell(0, OTHER));
    }
    assertThrows(
        BackendException.class,
        () -> new Conversation(graph, executable, state.maxSequences() + 1, CAPACITY).close());
  }

  private void misuse(Executable executable) {
    try (Conversation talk = start(executable)) {
      talk.open(0).tell(0, TEXT);
      assertThrows(RuntimeException.class, () -> talk.session().openSequence(0));
      assertThrows(RuntimeException.class, () -> talk.session().openSequence(-1));
      int beyond = Math.min(4, executable.state().maxSequences());
      assertThrows(RuntimeException.class, () -> talk.session().openSequence(beyond));
      assertThrows(RuntimeException.class, () -> talk.session().closeSequence(beyond));
      talk.standsAt(beyond, 0);
      assertThrows(RuntimeException.class, () -> talk.tell(beyond, 1));
      for (int wrong : new int[] {TEXT.length + 1, TEXT.length - 1, 0}) {
        talk.standsAt(0, wrong);
        assertThrows(RuntimeException.class, () -> talk.tell(0, 1), "position " + wrong);
      }
      talk.standsAt(0, TEXT.length);
      same(fresh(executable, append(TEXT, OTHER)), talk.tell(0, OTHER));
      // A failed submission costs the sequence, nothing more.
      assertThrows(RuntimeException.class, () -> talk.tell(0, TinyModel.VOCABULARY));
      talk.session().closeSequence(0);
      same(fresh(executable, TEXT), talk.open(0).tell(0, TEXT));
    }
  }

  private void full(Executable executable) {
    try (Conversation talk = new Conversation(graph, executable, 1, 12)) {
      talk.open(0).tell(0, TEXT);
      assertThrows(RuntimeException.class, () -> talk.tell(0, 1, 2));
      talk.session().closeSequence(0);
      double[] last = talk.open(0).tell(0, append(TEXT, 1));
      same(fresh(executable, append(TEXT, 1)), last);
    }
  }

  private static byte[] save(Conversation talk, int sequence) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    talk.session().save(sequence, out);
    return out.toByteArray();
  }

  private static void requireSequences(Executable executable, int count) {
    assumeTrue(
        executable.state().maxSequences() >= count,
        "sessions hold " + executable.state().maxSequences() + " sequences");
  }

  private static int[] append(int[] text, int... more) {
    int[] all = Arrays.copyOf(text, text.length + more.length);
    System.arraycopy(more, 0, all, text.length, more.length);
    return all;
  }

  private void same(double[] expected, double[] actual) {
    assertEquals(expected.length, actual.length);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertTrue(largest > 0.1, "the model says something");
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance * largest, "logit " + i);
    }
  }
}
