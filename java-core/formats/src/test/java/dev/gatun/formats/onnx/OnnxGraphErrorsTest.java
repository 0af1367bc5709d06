package dev.gatun.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs, bodies and functions that contradict themselves or ONNX, and sizes beyond all memory. */
class OnnxGraphErrorsTest {
  @TempDir private Path folder;

  private Path write(Message graph) {
    return write(Message.model(graph).bytes());
  }

  private Path write(byte[] bytes) {
    try {
      return Files.write(folder.resolve("model.onnx"), bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void refuses(Message graph, String... words) {
    check(write(graph), words);
  }

  private static void check(Path path, String... words) {
    var e =
        assertThrows(
            ModelFormatException.class,
            () -> {
              try (OnnxFile file = OnnxFile.open(path)) {
                OnnxImport.graph(file);
              }
            });
    for (String word : words) {
      assertTrue(e.getMessage().contains(word), e.getMessage());
    }
  }

  /** A graph of one node from x [2, 3] to y. */
  private static Message one(Message node) {
    return new Message()
        .message(1, node)
        .message(11, Message.value("x", 2, 3))
        .message(12, Message.value("y", 2, 3));
  }

  private static Message numbers(String name, long... values) {
    Message tensor = new Message().number(1, values.length).number(2, 7).text(8, name);
    for (long value : values) {
      tensor.number(7, value);
    }
    return tensor;
  }

  private static Message graphAttribute(String name, Message graph) {
    return new Message().text(1, name).number(20, 5).message(6, graph);
  }

  /** A body without inputs that gives {@code output}, of one node on x. */
  private static Message body(Message node, String output) {
    return new Message().message(1, node).message(12, Message.value(output, 2, 3));
  }

  @Test
  void names() {
    refuses(one(Message.node("Relu", "x", "y")).message(11, Message.value("x", 2)), "'x'", "twice");
    refuses(one(new Message().text(2, "y").text(4, "Relu")), "lacks input 0");
    refuses(one(Message.node("Relu", "x", "y").text(2, "z")), "output 1", "'z'");
    refuses(one(Message.node("Relu", "nowhere", "y")), "uses 'nowhere'");
    refuses(one(new Message().text(1, "x").text(4, "Relu")), "has no output");
  }

  @Test
  void numbersThatDoNotFit() {
    Message slice = Message.node("Slice", "x", "y").text(1, "s").text(1, "e").text(1, "a");
    refuses(
        one(slice.text(1, "t"))
            .message(5, numbers("s", 0))
            .message(5, numbers("e", 2))
            .message(5, numbers("a", 0))
            .message(5, numbers("t", 0)),
        "step of 0");
    refuses(
        one(Message.node("Pad", "x", "y").text(1, "p")).message(5, numbers("p", 0, -2, 0, -2)),
        "takes 4 from 3");
    refuses(
        one(Message.node("Reshape", "x", "y").text(1, "s")).message(5, numbers("s", 4, -1)),
        "Reshape");
    refuses(
        one(Message.node("TopK", "x", "y").text(1, "k")).message(5, numbers("k", 7)), "picks 7");
    refuses(
        one(Message.node("OneHot", "x", "y").text(1, "d").text(1, "x")).message(5, numbers("d")),
        "do not fit OneHot");
  }

  /** The first branch is what follows was made for; the other one says so when it is taken. */
  @Test
  void branchesOfDifferentRank() throws IOException {
    Message flat = new Message().text(1, "x").text(1, "s").text(2, "b").text(4, "Reshape");
    Message node =
        Message.node("If", "c", "y")
            .message(5, graphAttribute("then_branch", body(Message.node("Relu", "x", "a"), "a")))
            .message(5, graphAttribute("else_branch", body(flat, "b")));
    Message condition = new Message().text(1, "c").message(2, new Message().message(1, bool()));
    Message model = one(node).message(11, condition).message(5, numbers("s", 6));
    try (OnnxFile file = OnnxFile.open(write(model))) {
      Graph graph = OnnxImport.graph(file);
      Array x = Array.ofFloats(Shape.of(2, 3), 1, -1, 2, -2, 3, -3);
      assertEquals(3, run(graph, x, 1).values()[4]);
      var e = assertThrows(GraphException.class, () -> run(graph, x, 0));
      assertTrue(e.getMessage().contains("gives [F32[6]]"), e.getMessage());
      assertTrue(e.getMessage().contains("--shape"), e.getMessage());
    }
  }

  private static Message bool() {
    return new Message().number(1, 9).message(2, new Message());
  }

  @Test
  void branchesThatCannotRunFailWhenTaken() throws IOException {
    Message wrong = new Message().text(1, "x").text(1, "x").text(2, "b").text(4, "MatMul");
    Message node =
        Message.node("If", "c", "y")
            .message(5, graphAttribute("then_branch", body(Message.node("Relu", "x", "a"), "a")))
            .message(5, graphAttribute("else_branch", body(wrong, "b")));
    Message condition = new Message().text(1, "c").message(2, new Message().message(1, bool()));
    try (OnnxFile file = OnnxFile.open(write(one(node).message(11, condition)))) {
      Graph graph = OnnxImport.graph(file);
      Array x = Array.ofFloats(Shape.of(2, 3), 1, -1, 2, -2, 3, -3);
      assertEquals(3, run(graph, x, 1).values()[4]);
      var e = assertThrows(GraphException.class, () -> run(graph, x, 0));
      assertTrue(e.getMessage().contains("inner dimensions"), e.getMessage());
    }
  }

  private static Array run(Graph graph, Array x, double condition) {
    Array c = new Array(dev.gatun.tensor.DType.BOOL, Shape.of(), condition);
    return new ReferenceInterpreter(graph)
        .run(Map.of("x", x, "c", c), new ReferenceStates(List.of()), Set.of())
        .get("y");
  }

  @Test
  void functionsThatCallThemselves() {
    Message function =
        new Message()
            .text(1, "Endless")
            .text(4, "p")
            .text(5, "q")
            .message(7, Message.node("Endless", "p", "q").text(7, "own"))
            .text(10, "own");
    Message model =
        Message.model(one(Message.node("Endless", "x", "y").text(7, "own"))).message(25, function);
    check(write(model.bytes()), "Endless", "calls itself");
  }

  @Test
  void sizesBeyondMemory() {
    Message graph =
        one(Message.node("Expand", "x", "y").text(1, "s"))
            .message(5, numbers("s", 1L << 40, 1L << 40, 2, 3));
    try (OnnxFile file = OnnxFile.open(write(graph))) {
      Graph imported = OnnxImport.graph(file);
      Array x = Array.ofFloats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
      var e =
          assertThrows(
              GraphException.class,
              () ->
                  new ReferenceInterpreter(imported)
                      .run(Map.of("x", x), new ReferenceStates(List.of()), Set.of()));
      assertTrue(e.getMessage().contains("too large"), e.getMessage());
    }
    // Nothing of a size that a file only claims is made while importing.
    refuses(
        one(Message.node("Reshape", "x", "y").text(1, "s"))
            .message(5, numbers("s", 1L << 62, 1L << 62)),
        "Reshape");
  }
}
