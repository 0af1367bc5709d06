package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.formats.safetensors.SafetensorsWriter;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.quantize.convert.PlannedTensor.Slice;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes a Hugging Face folder as another: to another float type, quantized for MLX, or decoded
 * from MLX's form. What is no tensor is copied.
 */
final class HfToHf {
  private static final long SHARD_BYTES = 5_000_000_000L;

  private final ConvertOptions options;
  private final ConvertListener listener;
  private final List<String> notes = new ArrayList<>();
  private long done;

  HfToHf(ConvertOptions options, ConvertListener listener) {
    this.options = options;
    this.listener = listener;
  }

  /** Converts. */
  ConvertReport convert(Path source, Path target) throws IOException {
    try (ModelFolder folder = ModelFolder.open(source);
        NewFolder made = NewFolder.of(target)) {
      NumberSource numbers = MlxNumbers.of(folder);
      ObjectNode config = folder.config().root().deepCopy();
      boolean decoded = config.remove("quantization") != null;
      if (!decoded && options.mlx().isEmpty() && options.type() == FloatType.AUTO) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "a folder as a folder would be the same again: name the target *.gguf, or say what to change with --type or --mlx-bits");
      }
      config.remove("quantization_config");
      if (decoded) {
        note(
            "the numbers are exactly those that MLX computes with; what quantization lost does not come back");
      }
      SafetensorsWriter out =
          new SafetensorsWriter().metadata("format", options.mlx().isPresent() ? "mlx" : "pt");
      int tensors = declare(folder, numbers, config, out);
      copyOthers(source, made.path());
      Files.writeString(
          made.path().resolve("config.json"),
          new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(config));
      out.writeFolder(
          made.path(), options.maxFileBytes() > 0 ? options.maxFileBytes() : SHARD_BYTES);
      return new ConvertReport(
          made.commit(),
          folder.config().modelClass(),
          options.mlx().map(MlxScheme::title).orElse(options.type().toString()),
          tensors,
          made.bytes(),
          "copied",
          0,
          notes);
    }
  }

  private int declare(
      ModelFolder folder, NumberSource numbers, ObjectNode config, SafetensorsWriter out) {
    List<PlannedTensor> plan = new ArrayList<>();
    int others = 0;
    for (String name : numbers.names()) {
      TensorInfo info = numbers.info(name).orElseThrow();
      if (!info.dtype().isFloat()) {
        others++;
        out.tensor(name, folder.tensors().tensor(name).orElseThrow());
        continue;
      }
      DType type = options.type() == FloatType.AUTO ? info.dtype() : options.type().dtype();
      Shape shape = info.shape();
      int length = Math.toIntExact(Math.max(1, shape.rowLength()));
      Slice whole = new Slice(name, 0, shape.elements() / length, length);
      plan.add(new PlannedTensor(name, type, shape, List.of(whole), 0));
    }
    // Codes, scales and biases are computed one after the other.
    long total =
        plan.stream().mapToLong(PlannedTensor::bytes).sum() * (options.mlx().isPresent() ? 3 : 1);
    TensorStream stream =
        new TensorStream(
            numbers,
            bytes -> {
              done += bytes;
              listener.progress(Math.min(done, total), total);
            });
    declare(plan, stream, config, out);
    return plan.size() + others;
  }

  private void declare(
      List<PlannedTensor> plan, TensorStream stream, ObjectNode config, SafetensorsWriter out) {
    if (options.mlx().isPresent()) {
      MlxScheme scheme = options.mlx().get();
      Map<String, MlxFormat> formats = scheme.formats(plan);
      scheme.describe(formats, config);
      plan.forEach(new MlxTensors(formats, stream, out)::add);
      return;
    }
    for (PlannedTensor tensor : plan) {
      out.tensor(
          new TensorInfo(tensor.name(), tensor.type(), tensor.shape()),
          sink -> stream.write(tensor, sink));
    }
  }

  private static void copyOthers(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (!name.contains(".safetensors")
            && !name.equals("config.json")
            && !name.startsWith(".")) {
          Files.copy(file, target.resolve(name));
        }
      }
    }
  }

  private void note(String text) {
    notes.add(text);
    listener.message(text);
  }
}
