package dev.gatun.quantize.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxWriter;
import dev.gatun.graph.op.Array;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model of operator set 9 computes what ONNX Runtime computes, whatever set it is raised to. */
class OpsetUpgradeTest {
  @TempDir Path folder;

  private static double[] expected() {
    try (OnnxFile file = OnnxFile.open(OnnxCases.model("old"))) {
      return Array.of(file.model().graph().initializers().get("out:y").tensor()).values();
    }
  }

  @Test
  void asItIs() {
    assertArrayEquals(expected(), OnnxCases.run(OnnxCases.model("old")), 1e-5);
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 11, 12, 13, 14, 18, 21})
  void raised(long version) throws IOException {
    Path raised = folder.resolve("raised.onnx");
    try (OnnxFile file = OnnxFile.open(OnnxCases.model("old"))) {
      ModelEdit edit = new ModelEdit(file);
      OpsetUpgrade.apply(edit, version);
      OnnxModel model = edit.build();
      assertEquals(version, model.opsets().get(""));
      OnnxWriter.toFile(model, raised);
    }
    assertArrayEquals(expected(), OnnxCases.run(raised), 1e-5);
  }
}
