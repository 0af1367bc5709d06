package dev.gatun.formats.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is read back, in one file, in two, and from memory. */
class OnnxWriterTest {
  @TempDir private Path folder;

  static List<Path> cases() throws IOException {
    return OnnxCasesTest.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsBackWhatItWrites(Path path) throws IOException {
    Path copy = folder.resolve("copy.onnx");
    Path split = folder.resolve("split.onnx");
    try (OnnxFile file = OnnxFile.open(path)) {
      OnnxWriter.toFile(file.model(), copy);
      OnnxWriter.toFiles(file.model(), split);
      try (OnnxFile one = OnnxFile.open(copy);
          OnnxFile two = OnnxFile.open(split)) {
        same(file.model(), one.model());
        same(file.model(), two.model());
      }
    }
    new OnnxCasesTest().givesWhatOnnxRuntimeGives(copy);
    new OnnxCasesTest().givesWhatOnnxRuntimeGives(split);
  }

  private static void same(OnnxModel a, OnnxModel b) {
    assertEquals(a.irVersion(), b.irVersion());
    assertEquals(a.producer(), b.producer());
    assertEquals(a.opsets(), b.opsets());
    assertEquals(a.metadata(), b.metadata());
    assertArrayEquals(bytes(a), bytes(b));
  }

  private static byte[] bytes(OnnxModel model) {
    try (Arena arena = Arena.ofConfined()) {
      return OnnxWriter.toMemory(model, arena).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  @Test
  void largeTensorsStandInTheSecondFile() throws IOException {
    float[] numbers = new float[5000];
    numbers[4999] = 7;
    OnnxTensor large = OnnxTensor.of("large", Tensor.ofFloats(Shape.of(5000L), numbers));
    OnnxTensor small = OnnxTensor.of("small", Tensor.ofLongs(Shape.of(2L), 3, 4));
    OnnxContent counted =
        new OnnxContent() {
          @Override
          public long byteSize() {
            return 4096;
          }

          @Override
          public void write(MemorySegment target) {
            target.fill((byte) 5);
          }
        };
    OnnxTensor computed = OnnxTensor.of("computed", DType.U8, Shape.of(64L, 64L), counted);
    Path path = folder.resolve("m.onnx");
    OnnxWriter.toFiles(model(large, small, computed), path);
    assertTrue(Files.size(path) < 1000, "structure alone");
    assertEquals(20480 + 4096, Files.size(folder.resolve("m.onnx.data")));
    try (OnnxFile file = OnnxFile.open(path)) {
      Map<String, OnnxTensor> tensors = file.model().graph().initializers();
      assertEquals(7, tensors.get("large").tensor().toFloats()[4999]);
      assertArrayEquals(new float[] {3, 4}, tensors.get("small").tensor().toFloats());
      assertEquals(5, tensors.get("computed").tensor().toFloats()[4095]);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count(), "no temporary file is left");
    }
  }

  @Test
  void failureLeavesNothing() throws IOException {
    OnnxContent broken =
        new OnnxContent() {
          @Override
          public long byteSize() {
            return 2000;
          }

          @Override
          public void write(MemorySegment target) {
            throw new IllegalStateException("its source is closed");
          }
        };
    OnnxModel model = model(OnnxTensor.of("x", DType.U8, Shape.of(2000L), broken));
    Path path = folder.resolve("m.onnx");
    assertThrows(IllegalStateException.class, () -> OnnxWriter.toFile(model, path));
    assertThrows(IllegalStateException.class, () -> OnnxWriter.toFiles(model, path));
    try (Stream<Path> files = Files.list(folder)) {
      assertFalse(files.findAny().isPresent());
    }
  }

  private static OnnxModel model(OnnxTensor... tensors) {
    Map<String, OnnxTensor> initializers = new java.util.LinkedHashMap<>();
    for (OnnxTensor tensor : tensors) {
      initializers.put(tensor.name(), tensor);
    }
    var output = new OnnxValueInfo("y", 1, Optional.empty(), -1);
    var node = new OnnxNode("n", "", "Identity", List.of("x"), List.of("y"), Map.of(), -1);
    var graph =
        new OnnxGraph("g", List.of(node), initializers, List.of(), List.of(output), List.of());
    return new OnnxModel(10, "test", Map.of("", 21L), Map.of("made", "here"), graph);
  }
}
