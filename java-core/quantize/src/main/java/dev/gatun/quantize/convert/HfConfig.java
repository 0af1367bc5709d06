package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.formats.ModelFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model's config.json. What a multimodal model says of its language model ({@code text_config})
 * stands at the top level as well. A member that is null counts as absent.
 */
final class HfConfig {
  private final Path path;
  private final JsonNode root;
  private final ObjectNode merged;

  private HfConfig(Path path, JsonNode root, ObjectNode merged) {
    this.path = path;
    this.root = root;
    this.merged = merged;
  }

  static HfConfig read(Path path) {
    JsonNode root = JsonFile.read(path);
    if (!root.isObject()) {
      throw JsonFile.bad(path, "is no JSON object", null);
    }
    return of(path, root);
  }

  /** Empty where there is no such file. */
  static HfConfig readIfThere(Path path) {
    return Files.exists(path) ? read(path) : of(path, JsonNodeFactory.instance.objectNode());
  }

  private static HfConfig of(Path path, JsonNode root) {
    ObjectNode merged = root.deepCopy();
    if (root.path("text_config").isObject()) {
      merged.setAll((ObjectNode) root.path("text_config"));
    }
    return new HfConfig(path, root, merged);
  }

  /** The class that the model was saved as, such as {@code LlamaForCausalLM}. */
  String modelClass() {
    JsonNode classes = root.path("architectures");
    if (!classes.isArray() || classes.isEmpty()) {
      throw bad("names no architecture (member 'architectures')");
    }
    return classes.get(0).asText();
  }

  /** The same with other values where the file has none: those of the model's class. */
  HfConfig withDefaults(Map<String, Object> defaults) {
    ObjectNode filled = merged.deepCopy();
    defaults.forEach((key, value) -> {
      if (!filled.hasNonNull(key)) {
        filled.putPOJO(key, null);
        filled.set(key, node(value));
      }
    });
    return new HfConfig(path, root, filled);
  }

  private static JsonNode node(Object value) {
    JsonNodeFactory factory = JsonNodeFactory.instance;
    return switch (value) {
      case Integer number -> factory.numberNode(number);
      case Double number -> factory.numberNode(number);
      case Boolean flag -> factory.booleanNode(flag);
      default -> factory.textNode(value.toString());
    };
  }

  /** The whole file as it is. */
  JsonNode root() {
    return root;
  }

  /** A member, a missing node when it is absent. */
  JsonNode get(String key) {
    JsonNode value = merged.path(key);
    return value.isNull() ? merged.path("\0") : value;
  }

  /** The first of these members that is there. */
  private JsonNode first(String... keys) {
    for (String key : keys) {
      if (merged.hasNonNull(key)) {
        return merged.get(key);
      }
    }
    return merged.path("\0");
  }

  Optional<Long> integer(String... keys) {
    JsonNode value = first(keys);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isNumber() || value.asDouble() != Math.rint(value.asDouble())) {
      throw bad("'%s' is %s, not a whole number".formatted(keys[0], value));
    }
    return Optional.of(value.asLong());
  }

  /** A count that must be there, 1 to 2^31 - 1. */
  int count(String... keys) {
    long value =
        integer(keys)
            .orElseThrow(() -> bad("has no '" + String.join("' and no '", List.of(keys)) + "'"));
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw bad("'%s' is %d".formatted(keys[0], value));
    }
    return (int) value;
  }

  Optional<Double> number(String... keys) {
    JsonNode value = first(keys);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isNumber()) {
      throw bad("'%s' is %s, not a number".formatted(keys[0], value));
    }
    return Optional.of(value.asDouble());
  }

  Optional<Boolean> bool(String key) {
    JsonNode value = first(key);
    return value.isBoolean() ? Optional.of(value.asBoolean()) : Optional.empty();
  }

  Optional<String> string(String... keys) {
    JsonNode value = first(keys);
    return value.isTextual() ? Optional.of(value.asText()) : Optional.empty();
  }

  /** Elements of one head: said by the file, or the width divided by the heads. */
  int headSize() {
    return integer("head_dim")
        .map(Math::toIntExact)
        .orElseGet(() -> count("hidden_size") / count("num_attention_heads"));
  }

  /** How positions are encoded. */
  HfRope rope() {
    return HfRope.of(this);
  }

  ModelFormatException bad(String what) {
    return JsonFile.bad(path, what, null);
  }
}
