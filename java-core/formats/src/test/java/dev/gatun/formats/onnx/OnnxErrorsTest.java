package dev.gatun.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.TestData;
import dev.gatun.graph.pass.GraphOptimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are wrong: each ends in an error that says what is wrong and where. */
class OnnxErrorsTest {
  @TempDir private Path folder;

  private Path write(Message model) {
    return write(model.bytes());
  }

  private Path write(byte[] bytes) {
    try {
      return Files.write(folder.resolve("model.onnx"), bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void refuses(Message model, String... words) {
    Path path = write(model);
    var e = assertThrows(ModelFormatException.class, () -> read(path));
    for (String word : words) {
      assertTrue(e.getMessage().contains(word), e.getMessage());
    }
  }

  private static void read(Path path) {
    try (OnnxFile file = OnnxFile.open(path)) {
      GraphOptimizer.apply(OnnxImport.graph(file));
    }
  }

  private static Message relu() {
    return new Message()
        .message(1, Message.node("Relu", "x", "y"))
        .message(11, Message.value("x", 2, -1))
        .message(12, Message.value("y", 2, -1));
  }

  @Test
  void soundModelIsRead() {
    try (OnnxFile file = OnnxFile.open(write(Message.model(relu())))) {
      assertEquals("[2, x_1]", OnnxImport.graph(file).output("y").type().dims().toString());
    }
  }

  @Test
  void graphsThatContradictThemselves() {
    refuses(new Message().number(1, 7), "no graph or no operator set");
    refuses(Message.model(relu(), 3), "operator set 3", "7 to 23");
    refuses(Message.model(relu(), 24), "operator set 24");
    refuses(
        Message.model(
            new Message()
                .message(1, Message.node("Relu", "y", "z"))
                .message(1, Message.node("Relu", "z", "y"))
                .message(12, Message.value("z", 2))),
        "uses 'y'",
        "cycle");
    refuses(
        Message.model(relu().message(1, Message.node("Relu", "x", "y"))), "'y' is defined twice");
    refuses(Message.model(new Message().message(12, Message.value("y", 2))), "no node gives");
    refuses(
        Message.model(
            new Message()
                .message(1, Message.node("Frobnicate", "x", "w"))
                .message(1, Message.node("Relu", "w", "y"))
                .message(11, Message.value("x", 2))
                .message(12, Message.value("y", 2))),
        "Frobnicate",
        "does not know");
    refuses(
        Message.model(
            new Message()
                .message(1, Message.node("MatMul", "x", "y").text(1, "x"))
                .message(11, Message.value("x", 2, 3))
                .message(12, Message.value("y", 2, 3))),
        "MatMul",
        "inner dimensions");
  }

  @Test
  void tensorsThatDoNotFit() {
    Message tensor = new Message().number(1, 3).number(2, 1).text(8, "w").bytes(9, new byte[8]);
    refuses(Message.model(relu().message(5, tensor)), "'w'", "takes 12 bytes, but has 8");
    Message negative = new Message().number(1, -3).number(2, 1).text(8, "w");
    refuses(Message.model(relu().message(5, negative)), "extent -3");
    Message huge = new Message().number(1, 1L << 40).number(1, 1L << 40).number(2, 1).text(8, "w");
    refuses(Message.model(relu().message(5, huge)), "extent");
    Message few = new Message().number(1, 2).number(2, 7).text(8, "w").number(7, 5);
    refuses(Message.model(relu().message(5, few)), "1 elements where 2");
  }

  private static Message external(String location, String offset, String length) {
    return new Message()
        .number(1, 2)
        .number(2, 1)
        .text(8, "w")
        .message(13, new Message().text(1, "location").text(2, location))
        .message(13, new Message().text(1, "offset").text(2, offset))
        .message(13, new Message().text(1, "length").text(2, length))
        .number(14, 1);
  }

  @Test
  void dataBesideTheModelStaysInItsFolder() throws IOException {
    Files.write(folder.resolve("data.bin"), new byte[] {0, 0, 0, 0, 0, 0, -128, 63, 0, 0, 0, 64});
    try (OnnxFile file =
        OnnxFile.open(write(Message.model(relu().message(5, external("data.bin", "4", "8")))))) {
      assertEquals(
          List.of("data.bin"),
          file.beside().stream().map(path -> path.getFileName().toString()).toList());
      float[] values = file.model().graph().initializers().get("w").tensor().toFloats();
      assertArrayEquals(new float[] {1, 2}, values);
    }
    refuses(Message.model(relu().message(5, external("data.bin", "8", "8"))), "wants 8 bytes");
    refuses(Message.model(relu().message(5, external("data.bin", "-4", "8"))), "wants 8 bytes");
    refuses(Message.model(relu().message(5, external("data.bin", "x", "8"))), "not a number");
    refuses(Message.model(relu().message(5, external("none.bin", "0", "8"))), "not there");
    refuses(Message.model(relu().message(5, external("../data.bin", "0", "8"))), "outside");
    refuses(Message.model(relu().message(5, external("/etc/passwd", "0", "8"))), "outside");
    Path secret = Files.write(Files.createTempFile("secret", ".bin"), new byte[8]);
    try {
      Files.createSymbolicLink(folder.resolve("link.bin"), secret);
      refuses(Message.model(relu().message(5, external("link.bin", "0", "8"))), "outside");
    } finally {
      Files.delete(secret);
    }
  }

  @Test
  void depthIsBounded() {
    Message graph = relu();
    for (int i = 0; i < 200; i++) {
      Message attribute = new Message().text(1, "body").number(20, 5).message(6, graph);
      graph =
          new Message()
              .message(1, Message.node("If", "x", "y").message(5, attribute))
              .message(11, Message.value("x", 2))
              .message(12, Message.value("y", 2));
    }
    refuses(Message.model(graph), "nested deeper");
  }

  /** Every cut and many changed bytes: refused or read, nothing else. */
  @Test
  void damageNeverEscapes() throws IOException {
    byte[] sound = Files.readAllBytes(TestData.resource("onnx/same_twice.onnx"));
    for (int length = 0; length < sound.length; length++) {
      tryToRead(Arrays.copyOf(sound, length));
    }
    for (String name : new String[] {"same_twice", "slice_inputs", "gemm", "clip_attributes"}) {
      byte[] model = Files.readAllBytes(TestData.resource("onnx/" + name + ".onnx"));
      Random random = new Random(11);
      for (int i = 0; i < 1500; i++) {
        byte[] damaged = model.clone();
        for (int hits = random.nextInt(4); hits >= 0; hits--) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        tryToRead(damaged);
      }
    }
  }

  private void tryToRead(byte[] bytes) {
    Path path = write(bytes);
    try {
      read(path);
    } catch (ModelFormatException e) {
      // A file that cannot be read is named by its path, what it says by its name.
      assertTrue(
          Stream.of(path, path.getFileName())
              .anyMatch(name -> e.getMessage().startsWith(name + ":")),
          e.getMessage());
    }
  }
}
