package dev.gatun.quantize.advise;

import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import dev.gatun.quantize.gguf.QuantizationPlan;
import dev.gatun.quantize.gguf.QuantizeOptions;
import java.util.Optional;

/**
 * What a model takes.
 *
 * @param name for messages
 * @param source the model; empty when only its size is known
 * @param parameters number of weights
 * @param cacheBytes keys and values of the context, in half precision
 */
public record ModelNeeds(
    String name, Optional<ModelSource> source, long parameters, long cacheBytes) {
  /**
   * A model that is there.
   *
   * @param context tokens that it shall hold; at most those that it was trained for
   */
  public static ModelNeeds of(ModelSource source, int context) {
    long parameters =
        source.tensorNames().stream()
            .mapToLong(name -> source.info(name).orElseThrow().shape().elements())
            .sum();
    Metadata metadata = source.metadata();
    String architecture = metadata.string("general.architecture").orElse("");
    long layers = number(metadata, architecture + ".block_count", 0);
    long heads = number(metadata, architecture + ".attention.head_count", 1);
    long keyHeads = number(metadata, architecture + ".attention.head_count_kv", heads);
    long width = number(metadata, architecture + ".embedding_length", 0);
    long head = number(metadata, architecture + ".attention.key_length", width / heads);
    long trained = number(metadata, architecture + ".context_length", context);
    long cache = 2 * layers * keyHeads * head * Math.min(context, trained) * Short.BYTES;
    return new ModelNeeds(source.name(), Optional.of(source), parameters, cache);
  }

  /** A model of which only the number of weights is known; the cache is not counted. */
  public static ModelNeeds of(long parameters) {
    return new ModelNeeds(
        "a model of %.1f billion weights".formatted(parameters / 1e9),
        Optional.empty(),
        parameters,
        0);
  }

  /** Whether it has weights in blocks, which {@code gatun quantize} takes only when told to. */
  boolean quantized() {
    return source.stream()
        .flatMap(model -> model.tensorNames().stream().map(name -> model.info(name).orElseThrow()))
        .anyMatch(info -> info.dtype().isBlocked());
  }

  /** Bytes of the weights in a type: exact for a model that is there. */
  long weightBytes(Measured type) {
    return source
        .map(model ->
            QuantizationPlan.unchecked(model, QuantizeOptions.of(type.type())).targetBytes())
        .orElseGet(() -> Math.round(parameters * type.bitsPerWeight() / 8));
  }

  private static long number(Metadata metadata, String key, long otherwise) {
    return switch (metadata.value(key).orElse(otherwise)) {
      case Long number -> number;
      default -> {
        // A number for each layer: the largest is on the safe side.
        long largest = 0;
        for (long number : metadata.integers(key).orElseThrow()) {
          largest = Math.max(largest, number);
        }
        yield largest;
      }
    };
  }
}
