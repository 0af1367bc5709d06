package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * Rotary position encoding as config.json says it, in the older form ({@code rope_theta} and {@code
 * rope_scaling}) or the newer ({@code rope_parameters}, for full and sliding attention apart).
 *
 * @param type {@code default}, {@code linear}, {@code yarn}, {@code llama3}, {@code longrope} …
 * @param theta base of the frequencies of full attention
 * @param localTheta base of those of sliding attention, where it has its own
 * @param scaling the members of the scaling
 */
record HfRope(String type, Optional<Double> theta, Optional<Double> localTheta, JsonNode scaling) {

  static HfRope of(HfConfig config) {
    JsonNode all = config.get("rope_parameters");
    if (!all.isObject()) {
      all = config.get("rope_scaling");
    }
    JsonNode full = all.path("full_attention").isObject() ? all.path("full_attention") : all;
    String type = full.path("rope_type").asText(full.path("type").asText("default"));
    Optional<Double> theta = number(full, "rope_theta");
    if (theta.isEmpty()) {
      theta = config.number("global_rope_theta", "rope_theta", "rotary_emb_base");
    }
    Optional<Double> local = number(all.path("sliding_attention"), "rope_theta");
    if (local.isEmpty()) {
      local = config.number("local_rope_theta", "rope_local_base_freq");
    }
    return new HfRope(type, theta, local, full);
  }

  /** A number of the scaling. */
  Optional<Double> number(String key) {
    return number(scaling, key);
  }

  /** Positions that the model was trained for before its context was stretched. */
  Optional<Long> original(HfConfig config) {
    return number("original_max_position_embeddings")
        .map(Double::longValue)
        .or(() -> config.integer("original_max_position_embeddings"));
  }

  private static Optional<Double> number(JsonNode node, String key) {
    return node.path(key).isNumber() ? Optional.of(node.path(key).asDouble()) : Optional.empty();
  }
}
