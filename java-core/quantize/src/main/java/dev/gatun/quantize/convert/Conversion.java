package dev.gatun.quantize.convert;

import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Converts models between formats. Which direction it is follows from what the source is and how
 * the target is called: a folder of Hugging Face's becomes a {@code .gguf} file, a GGUF file
 * becomes such a folder, an adapter of PEFT's becomes a GGUF adapter.
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
    throw new GatunException(
        GatunException.Kind.USAGE,
        "cannot convert %s to %s: a folder with config.json and .safetensors becomes a file named *.gguf, a GGUF file becomes a folder"
            .formatted(source, target));
  }
}
