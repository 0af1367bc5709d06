package dev.gatun.quantize.mix;

import dev.gatun.graph.Metadata;

/**
 * What of a model the rules depend on.
 *
 * @param architecture {@code general.architecture}
 * @param layers number of blocks
 * @param experts number of experts; 0 for none
 * @param queriesPerKey query heads that share one key head in the first layer; 0 when unknown
 * @param seventyBillion whether it has the shape of Llama 2 70B, whose values are an eighth as
 *     large as its queries
 */
record ModelTraits(
    String architecture, int layers, int experts, int queriesPerKey, boolean seventyBillion) {
  static ModelTraits of(Metadata metadata) {
    String architecture = metadata.string("general.architecture").orElse("");
    int layers = number(metadata, architecture + ".block_count");
    int heads = number(metadata, architecture + ".attention.head_count");
    String keyHeads = architecture + ".attention.head_count_kv";
    int keys = metadata.keys().contains(keyHeads) ? number(metadata, keyHeads) : heads;
    boolean large =
        switch (architecture) {
          case "llama" -> layers == 80 && heads != keys;
          case "qwen2", "deci", "olmo" -> layers == 80;
          case "jais2" -> layers == 68;
          default -> false;
        };
    int experts = number(metadata, architecture + ".expert_count");
    return new ModelTraits(architecture, layers, experts, keys == 0 ? 0 : heads / keys, large);
  }

  /** A number, or the first of a number for each layer; 0 where there is none. */
  private static int number(Metadata metadata, String key) {
    return switch (metadata.value(key).orElse(0L)) {
      case Long number -> Math.toIntExact(number);
      default -> {
        long[] numbers = metadata.integers(key).orElseThrow();
        yield numbers.length == 0 ? 0 : Math.toIntExact(numbers[0]);
      }
    };
  }
}
