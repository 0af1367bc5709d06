package dev.gatun.quantize.convert;

import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Converts models between formats. Which direction it is follows from what the source is and how
 * the target is called: a folder of Hugging Face's becomes a {@code .gguf} file, a GGUF file
 * becomes such a folder, an adapter of PEFT's becomes a GGUF adapter; with {@link
 * ConvertOptions#onnx} both become a folder for ONNX Runtime.
 *
 * <p>Memory does not grow with the model: tensors are streamed, a few rows at a time. The target
 * appears under its name when it is complete. Thread-safe.
 */
public final class Conversion {
  private Conversion() {}

  /**
   * Converts a model.
   *
   * @param source a folder with config.json and safetensors, a GGUF file, or a folder with
   *     adapter_config.json
   * @param target a file that ends with {@code .gguf}, replaced when it exists; or a folder, which
   *     must not exist
   * @throws GatunException when the source is damaged or not supported, when its tokenizer cannot
   *     be converted faithfully, or when the request makes no sense; the message says what to do
   * @throws IOException when writing fails; nothing is left behind then
   */
  public static ConvertReport run(
      Path source, Path target, ConvertOptions options, ConvertListener listener)
      throws IOException {
    boolean toGguf = target.getFileName().toString().endsWith(".gguf");
    if (PeftAdapter.isIn(source)) {
      return new PeftToGguf(options, listener).convert(source, target);
    }
    if (options.base().isPresent()) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "only an adapter has a base, and %s has no adapter_config.json".formatted(source));
    }
    if (toGguf && options.mlx().isPresent()) {
      throw new GatunException(
          GatunException.Kind.USAGE, "MLX reads folders; name the target without .gguf");
    }
    if (isOnnx(source)) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "%s is ONNX: a graph of operators, which does not say what architecture its weights belong to. Convert the folder or GGUF file that it was made of; gatun quantize makes it smaller"
              .formatted(source.getFileName()));
    }
    if (options.onnx()) {
      return toOnnx(source, target, options, listener);
    }
    if (Files.isDirectory(source) && toGguf) {
      return new HfToGguf(options, listener).convert(source, target);
    }
    if (Files.isDirectory(source) && options.quantize().isEmpty()) {
      return new HfToHf(options, listener).convert(source, target);
    }
    if (Files.isRegularFile(source) && !toGguf) {
      if (options.quantize().isPresent()) {
        throw new GatunException(
            GatunException.Kind.USAGE, "only GGUF files are quantized; name the target *.gguf");
      }
      return new GgufToHf(options, listener).convert(source, target);
    }
    if (Files.isRegularFile(source) && toGguf) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "%s is a GGUF file already: gatun quantize gives it smaller types, gatun gguf set other metadata; name a folder instead of %s to have it in Hugging Face's form"
              .formatted(source, target));
    }
    throw new GatunException(
        GatunException.Kind.USAGE,
        "cannot convert %s to %s: a folder with config.json and .safetensors becomes a file named *.gguf, a GGUF file becomes a folder"
            .formatted(source, target));
  }

  private static boolean isOnnx(Path source) {
    return source.toString().endsWith(".onnx")
        || (Files.isRegularFile(source.resolve("model.onnx"))
            && Files.notExists(source.resolve("model.safetensors"))
            && Files.notExists(source.resolve("model.safetensors.index.json")));
  }

  /** A folder of Hugging Face's goes through a GGUF file, which holds the same numbers. */
  private static ConvertReport toOnnx(
      Path source, Path target, ConvertOptions options, ConvertListener listener)
      throws IOException {
    if (target.getFileName().toString().matches(".*\\.(onnx|gguf)")) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "--onnx writes a folder with model.onnx and the tokenizer; name one instead of "
              + target);
    }
    if (options.mlx().isPresent() || options.maxFileBytes() > 0) {
      throw new GatunException(
          GatunException.Kind.USAGE, "--onnx goes with neither --mlx-* nor --split");
    }
    if (!Files.isDirectory(source)) {
      if (options.quantize().isPresent()) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "%s is quantized with gatun quantize first, then converted".formatted(source));
      }
      return new GgufToOnnx(options, listener).convert(source, target);
    }
    Path between =
        target.toAbsolutePath().resolveSibling("." + target.getFileName() + ".partial.gguf");
    try {
      ConvertReport first = new HfToGguf(options, listener).convert(source, between);
      return new GgufToOnnx(options, listener).convert(between, target).withChecked(first);
    } finally {
      Files.deleteIfExists(between);
    }
  }
}
