package dev.gatun.graph.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.ReferenceState;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReferenceStatesTest {
  private static final StateSpec SPEC = new StateSpec(2, 4, 3, 0, 0, DType.F32);
  private static final StateSpec WINDOW = new StateSpec(2, 4, 3, 0, 3, DType.F32);

  /** What attention over a state gives must be what attention over the whole batch gives. */
  @Test
  void partsEqualTheWhole() {
    for (StateSpec spec : List.of(SPEC, WINDOW)) {
      Graph stateless = graph(spec, Optional.empty());
      Graph stateful = graph(spec, Optional.of("kv"));
      double[] whole = run(stateless, new ReferenceStates(List.of()), 0, 9);
      for (int[] parts : new int[][] {{9}, {4, 5}, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {2, 6, 1}}) {
        ReferenceStates states = new ReferenceStates(stateful.states());
        int at = 0;
        double[] joined = new double[0];
        for (int size : parts) {
          double[] part = run(stateful, states, at, size);
          joined = Arrays.copyOf(joined, joined.length + part.length);
          System.arraycopy(part, 0, joined, joined.length - part.length, part.length);
          at += size;
        }
        assertArrayEquals(whole, joined, 1e-14);
      }
    }
  }

  @Test
  void sequencesAreCutCopiedAndForgotten() {
    ReferenceStates states = new ReferenceStates(List.of(new State("kv", SPEC)));
    ReferenceState kv = states.state("kv");
    for (int p = 0; p < 4; p++) {
      kv.put(0, p, filled(8, p), filled(6, -p));
    }
    states.copy(0, 1);
    kv.put(1, 3, filled(8, 99), filled(6, 99));
    states.truncate(0, 2);
    assertNull(kv.key(0, 2));
    assertArrayEquals(filled(8, 1), kv.key(0, 1));
    assertArrayEquals(filled(8, 2), kv.key(1, 2));
    assertArrayEquals(filled(6, 99), kv.value(1, 3));
    states.remove(1);
    assertNull(kv.value(1, 0));
    assertThrows(GraphException.class, () -> kv.put(0, -1, filled(8, 0), filled(6, 0)));
    assertThrows(GraphException.class, () -> kv.put(0, 0, filled(7, 0), filled(6, 0)));
    assertThrows(GraphException.class, () -> states.state("other"));
  }

  @Test
  void writtenSequencesReadBack() throws IOException {
    ReferenceStates states = new ReferenceStates(List.of(new State("kv", SPEC)));
    for (int p = 0; p < 3; p++) {
      states.state("kv").put(5, p, filled(8, p), filled(6, -p));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    states.write(5, 3, new DataOutputStream(out));
    ReferenceStates other = new ReferenceStates(List.of(new State("kv", SPEC)));
    byte[] bytes = out.toByteArray();
    other.read(0, 3, new DataInputStream(new ByteArrayInputStream(bytes)));
    assertArrayEquals(filled(8, 2), other.state("kv").key(0, 2));
    assertArrayEquals(filled(6, -1), other.state("kv").value(0, 1));
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    assertThrows(
        EOFException.class,
        () -> other.read(1, 3, new DataInputStream(new ByteArrayInputStream(cut))));
  }

  private static Graph graph(StateSpec spec, Optional<String> state) {
    GraphBuilder g = new GraphBuilder("attention");
    Dim tokens = Dim.symbol("tokens", 1, 64);
    Value q = g.input("q", DType.F32, tokens, Dim.of(16));
    Value k = g.input("k", DType.F32, tokens, Dim.of(8));
    Value v = g.input("v", DType.F32, tokens, Dim.of(6));
    Value positions = g.input("p", DType.I32, tokens);
    Value sequences = g.input("s", DType.I32, tokens);
    state.ifPresent(name -> g.state(name, spec));
    Attention op = new Attention(4, spec, 0.5f, 0, true, state);
    g.output(g.attention("y", op, q, k, v, positions, sequences));
    return g.build();
  }

  private static double[] run(Graph graph, ReferenceStates states, int from, int count) {
    double[] positions = new double[count];
    Arrays.setAll(positions, i -> from + i);
    Map<String, Array> inputs =
        Map.of(
            "q", rows(1, from, count, 16),
            "k", rows(2, from, count, 8),
            "v", rows(3, from, count, 6),
            "p", new Array(DType.I32, Shape.of(count), positions),
            "s", new Array(DType.I32, Shape.of(count), new double[count]));
    return new ReferenceInterpreter(graph).run(inputs, states, Set.of()).get("y").values();
  }

  /** Rows of a fixed random matrix. */
  private static Array rows(int seed, int from, int count, int width) {
    Random random = new Random(seed);
    double[] all = random.doubles(64L * width, -2, 2).toArray();
    double[] part = Arrays.copyOfRange(all, from * width, (from + count) * width);
    return Array.ofFloats(Shape.of(count, width), part);
  }

  private static double[] filled(int count, double value) {
    double[] values = new double[count];
    Arrays.fill(values, value);
    return values;
  }
}
