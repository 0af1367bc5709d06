package dev.gatun.quantize.convert;

import dev.gatun.quantize.gguf.QuantizeOptions;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Options of a conversion.
 *
 * @param type of matrices
 * @param pre the pre-tokenizer's name, instead of the one that is detected
 * @param name the model's name, instead of the one that its files tell
 * @param quantize what a GGUF file is quantized to in the same pass
 * @param mlx how a folder is quantized for MLX
 * @param base the model that an adapter is for: a folder with config.json, or a GGUF file
 * @param onnx whether a folder for ONNX Runtime is written instead of Hugging Face's
 * @param maxFileBytes largest file to write, beyond which the model is split; a tensor is never
 *     split
 */
public record ConvertOptions(
    FloatType type,
    Optional<String> pre,
    Optional<String> name,
    Optional<QuantizeOptions> quantize,
    Optional<MlxScheme> mlx,
    Optional<Path> base,
    boolean onnx,
    long maxFileBytes) {
  /** Everything as the source has it, in one GGUF file or safetensors shards of 5 GB. */
  public static final ConvertOptions DEFAULT =
      new ConvertOptions(
          FloatType.AUTO,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          0);

  /**
   * @throws IllegalArgumentException when {@code maxFileBytes} is negative
   */
  public ConvertOptions {
    Objects.requireNonNull(type);
    Objects.requireNonNull(pre);
    Objects.requireNonNull(name);
    Objects.requireNonNull(quantize);
    Objects.requireNonNull(mlx);
    Objects.requireNonNull(base);
    if (maxFileBytes < 0) {
      throw new IllegalArgumentException("maxFileBytes is " + maxFileBytes);
    }
  }

  /** The same with another type. */
  public ConvertOptions withType(FloatType other) {
    return new ConvertOptions(other, pre, name, quantize, mlx, base, onnx, maxFileBytes);
  }

  /** The same with a pre-tokenizer that is not detected. */
  public ConvertOptions withPre(String other) {
    return new ConvertOptions(
        type, Optional.of(other), name, quantize, mlx, base, onnx, maxFileBytes);
  }

  /** The same with another name of the model. */
  public ConvertOptions withName(String other) {
    return new ConvertOptions(
        type, pre, Optional.of(other), quantize, mlx, base, onnx, maxFileBytes);
  }

  /** The same with another limit for files; 0 for the usual one. */
  public ConvertOptions withMaxFileBytes(long other) {
    return new ConvertOptions(type, pre, name, quantize, mlx, base, onnx, other);
  }

  /** The same, quantized in the same pass. */
  public ConvertOptions withQuantize(QuantizeOptions other) {
    return new ConvertOptions(type, pre, name, Optional.of(other), mlx, base, onnx, maxFileBytes);
  }

  /** The same, quantized for MLX. */
  public ConvertOptions withMlx(MlxScheme other) {
    return new ConvertOptions(
        type, pre, name, quantize, Optional.of(other), base, onnx, maxFileBytes);
  }

  /** The same for an adapter of this model. */
  public ConvertOptions withBase(Path other) {
    return new ConvertOptions(
        type, pre, name, quantize, mlx, Optional.of(other), onnx, maxFileBytes);
  }

  /** The same, as a folder for ONNX Runtime. */
  public ConvertOptions withOnnx() {
    return new ConvertOptions(type, pre, name, quantize, mlx, base, true, maxFileBytes);
  }
}
