package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that hold one TensorProto, as ONNX's own tests keep inputs and outputs. */
public final class OnnxTensors {
  private OnnxTensors() {}

  /**
   * Reads a file; the tensor is a copy.
   *
   * @throws ModelFormatException when the file cannot be read or is damaged
   */
  public static OnnxTensor read(Path path) {
    String file = path.toString();
    try {
      byte[] bytes = Files.readAllBytes(path);
      Wire wire =
          Wire.file(new Wire.Budget(file, 1024 + 32L * bytes.length), MemorySegment.ofArray(bytes));
      return TensorParser.parse(wire, 0, file, new ExternalData(path, Arena.ofAuto()));
    } catch (IOException e) {
      throw new ModelFormatException(
          file, -1, "cannot be read (" + GatunException.reason(e) + ")", e);
    }
  }
}
