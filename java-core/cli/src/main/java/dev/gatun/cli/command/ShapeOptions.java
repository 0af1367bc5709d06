package dev.gatun.cli.command;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Sizes of what an ONNX network leaves open. */
final class ShapeOptions {
  @Option(
      names = "--shape",
      paramLabel = "INPUT=SIZES",
      description =
          "Of an ONNX network: the sizes of an input whose dimensions are open, as x=1x3x640x640; may be repeated.")
  private Map<String, String> shapes = Map.of();

  Map<String, Shape> shapes() {
    Map<String, Shape> sizes = new HashMap<>();
    shapes.forEach((input, text) -> sizes.put(input, shape(text)));
    return sizes;
  }

  private static Shape shape(String text) {
    try {
      return Shape.of(Arrays.stream(text.split("x", -1)).mapToLong(Long::parseLong).toArray());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new GatunException(
          GatunException.Kind.USAGE, "--shape takes sizes as 1x3x640x640, not " + text, e);
    }
  }
}
