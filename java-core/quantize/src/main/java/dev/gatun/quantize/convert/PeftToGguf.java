package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.gguf.GgufType;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** Writes an adapter of PEFT's as GGUF: the file of llama.cpp's {@code convert_lora_to_gguf.py}. */
final class PeftToGguf {
  private final ConvertOptions options;
  private final ConvertListener listener;
  private long done;

  PeftToGguf(ConvertOptions options, ConvertListener listener) {
    this.options = options;
    this.listener = listener;
  }

  /** Converts. */
  ConvertReport convert(Path source, Path target) throws IOException {
    AdapterBase base = AdapterBase.of(requireBase(source, target));
    DType type = options.type() == FloatType.AUTO ? DType.F32 : options.type().dtype();
    try (PeftAdapter adapter = PeftAdapter.open(source, base)) {
      List<PlannedTensor> plan = adapter.plan(type);
      GgufWriter out = new GgufWriter();
      out.string("general.architecture", base.family().architecture());
      out.string("general.type", "adapter");
      out.string(LoraAdapter.TYPE_KEY, "lora");
      new GeneralKeys(adapter.folder(), options.name())
          .write(out, -changed(plan), Optional.empty());
      out.float32(LoraAdapter.ALPHA_KEY, adapter.alpha(plan));
      invocation(adapter.config().path("alora_invocation_tokens"), out);
      out.uint32("general.quantization_version", HfToGguf.QUANTIZATION_VERSION);
      long total = plan.stream().mapToLong(PlannedTensor::bytes).sum();
      TensorStream stream =
          new TensorStream(adapter.numbers(), bytes -> listener.progress(done += bytes, total));
      for (PlannedTensor tensor : plan) {
        out.tensor(
            new TensorInfo(tensor.name(), tensor.type(), tensor.shape()),
            sink -> stream.write(tensor, sink));
      }
      out.write(target);
      return new ConvertReport(
          List.of(target),
          base.family().architecture(),
          type.name(),
          plan.size(),
          Files.size(target),
          "",
          0,
          List.of());
    }
  }

  private Path requireBase(Path source, Path target) {
    if (!target.getFileName().toString().endsWith(".gguf")
        || options.mlx().isPresent()
        || options.quantize().isPresent()
        || options.maxFileBytes() > 0) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "the adapter %s becomes one file named *.gguf of type f32, f16 or bf16"
              .formatted(source));
    }
    return options
        .base()
        .orElseThrow(() -> {
          JsonNode config = JsonFile.read(source.resolve("adapter_config.json"));
          return new GatunException(
              GatunException.Kind.USAGE,
              "name the model of the adapter %s with --base: a folder with its config.json, or its GGUF file (it was trained on '%s')"
                  .formatted(source, config.path("base_model_name_or_path").asText("?")));
        });
  }

  /** How many weights the products of the pairs have. */
  private static long changed(List<PlannedTensor> plan) {
    return IntStream.range(0, plan.size() / 2)
        .mapToLong(i -> plan.get(2 * i + 1).shape().dim(0) * plan.get(2 * i).shape().dim(1))
        .sum();
  }

  /** The tokens after which an activated adapter (aLoRA) begins to work. */
  private static void invocation(JsonNode tokens, GgufWriter out) {
    if (!tokens.isEmpty()) {
      out.integers(
          "adapter.alora.invocation_tokens",
          GgufType.U32,
          StreamSupport.stream(tokens.spliterator(), false).mapToLong(JsonNode::asLong).toArray());
    }
  }
}
