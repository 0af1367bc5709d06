package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.gguf.GgufWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which tokens have a role, which are added around text, and the chat template: from
 * tokenizer_config.json, the post-processor of tokenizer.json, and config.json, with the precedence
 * of llama.cpp's converter.
 */
final class SpecialIds {
  private static final String[] ROLES = {"bos", "eos", "unk", "sep", "pad", "cls", "mask"};

  private final ModelFolder folder;
  private final JsonNode tokenizer;
  private final JsonNode settings;
  private final int vocabulary;
  private final List<String> roles = new ArrayList<>(List.of(ROLES));
  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private final Map<String, Boolean> added = new LinkedHashMap<>();

  /**
   * @param vocabulary ids from here on are left out
   */
  SpecialIds(ModelFolder folder, int vocabulary) {
    this.folder = folder;
    this.vocabulary = vocabulary;
    this.tokenizer = folder.json("tokenizer.json");
    this.settings = folder.json("tokenizer_config.json");
    for (String role : ROLES) {
      content(settings.path(role + "_token")).ifPresent(text -> texts.put(role, text));
    }
    if (tokenizer.isObject()) {
      fallBack("bos", "cls");
      fallBack("eos", "sep");
      JsonNode processor = tokenizer.path("post_processor");
      if (processor.path("processors").isArray()) {
        processor.path("processors").forEach(this::process);
      } else if (processor.isObject()) {
        process(processor);
      }
    }
    if (settings.isObject()) {
      for (String role : roles) {
        JsonNode flag = settings.path("add_" + role + "_token");
        if (flag.isBoolean()) {
          added.putIfAbsent(role, flag.asBoolean());
        }
        Optional.ofNullable(texts.get(role)).flatMap(this::addedId).ifPresent(id -> put(role, id));
      }
    }
    for (String role : roles) {
      // Some models have a list of ends.
      JsonNode id = folder.config().get(role + "_token_id");
      if (id.isIntegralNumber()) {
        put(role, id.asLong());
      }
    }
  }

  private static Optional<String> content(JsonNode entry) {
    JsonNode text = entry.isObject() ? entry.path("content") : entry;
    return text.isTextual() ? Optional.of(text.asText()) : Optional.empty();
  }

  private void fallBack(String role, String other) {
    if (!texts.containsKey(role) && texts.containsKey(other)) {
      texts.put(role, texts.get(other));
    }
  }

  private Optional<Long> addedId(String text) {
    for (JsonNode token : tokenizer.path("added_tokens")) {
      if (token.path("content").asText().equals(text)) {
        return Optional.of(token.path("id").asLong());
      }
    }
    return Optional.empty();
  }

  private void put(String role, long id) {
    if (id >= 0 && id < vocabulary) {
      ids.putIfAbsent(role, (int) id);
    }
  }

  /** What is put around text. */
  private void process(JsonNode processor) {
    switch (processor.path("type").asText()) {
      case "ByteLevel" -> {
        added.putIfAbsent("bos", false);
        added.putIfAbsent("eos", false);
      }
      case "RobertaProcessing" -> {
        added.put("bos", true);
        added.put("eos", true);
        added.put("sep", true);
        texts.putIfAbsent("cls", processor.path("cls").path(0).asText());
        texts.putIfAbsent("sep", processor.path("sep").path(0).asText());
      }
      case "TemplateProcessing" -> template(processor.path("single"), processor.path("pair"));
      default -> {}
    }
  }

  private void template(JsonNode single, JsonNode pair) {
    String first = "";
    String last = "";
    if (single.size() > 1) {
      first = special(single.path(0));
      last = special(single.path(single.size() - 1));
      if (!first.isEmpty()) {
        texts.putIfAbsent("bos", first);
        texts.putIfAbsent("cls", first);
        added.put("bos", first.equals(texts.get("bos")) || first.equals(texts.get("cls")));
      }
      if (!last.isEmpty()) {
        replaceEnd(last);
        added.put("eos", true);
      }
    }
    separator(pair, first, last);
  }

  /** A template may end with another token than the one that the settings call the end. */
  private void replaceEnd(String last) {
    String end = texts.get("eos");
    if (end != null && !last.equals(end)) {
      String role = roles.contains("eot") ? "eom" : "eot";
      if (!roles.contains(role)) {
        roles.add(role);
        texts.put(role, end);
      }
    }
    texts.put("eos", last);
  }

  /** Whether two texts have a separator between them. */
  private void separator(JsonNode pair, String first, String last) {
    if (pair.isEmpty()) {
      return;
    }
    int from = !first.isEmpty() && special(pair.path(0)).equals(first) ? 1 : 0;
    int end = pair.size() - 1;
    int to = !last.isEmpty() && special(pair.path(end)).equals(last) ? end : end + 1;
    if (to - from < 3
        || !pair.path(from).at("/Sequence/id").asText().equals("A")
        || !pair.path(to - 1).at("/Sequence/id").asText().equals("B")) {
      return;
    }
    String entry = special(pair.path(from + 1));
    boolean separates = isEnd(entry) && last.isEmpty();
    if (to - from == 4) {
      separates |= isEnd(special(pair.path(from + 2)));
    }
    added.put("sep", separates);
    if (separates && !texts.containsKey("sep") && texts.containsKey("eos")) {
      texts.put("sep", texts.get("eos"));
    }
  }

  private boolean isEnd(String token) {
    return !token.isEmpty() && (token.equals(texts.get("sep")) || token.equals(texts.get("eos")));
  }

  private static String special(JsonNode entry) {
    return entry.at("/SpecialToken/id").asText("");
  }

  /** Writes roles, flags, the chat template and the normalizer's flags. */
  void write(GgufWriter out) {
    ids.forEach((role, id) -> key(role).ifPresent(key -> out.uint32(key, id)));
    added.forEach((role, value) -> {
      if (role.equals("bos") || role.equals("eos") || role.equals("sep")) {
        out.bool("tokenizer.ggml.add_" + role + "_token", value);
      }
    });
    if (settings.isObject()) {
      new ChatTemplates(folder, settings).write(out);
    }
    normalizer(tokenizer.path("normalizer"), out);
  }

  private static Optional<String> key(String role) {
    String name =
        switch (role) {
          case "unk" -> "unknown";
          case "sep" -> "seperator";
          case "pad" -> "padding";
          // GGUF has no key for it.
          case "cls" -> "";
          default -> role;
        };
    return name.isEmpty() ? Optional.empty() : Optional.of("tokenizer.ggml." + name + "_token_id");
  }

  private static void normalizer(JsonNode normalizer, GgufWriter out) {
    String lower = "tokenizer.ggml.normalizer.lowercase";
    String accents = "tokenizer.ggml.normalizer.strip_accents";
    switch (normalizer.path("type").asText()) {
      case "Lowercase" -> out.bool(lower, true);
      case "StripAccents" -> out.bool(accents, true);
      case "BertNormalizer" -> {
        if (normalizer.path("lowercase").isBoolean()) {
          out.bool(lower, normalizer.path("lowercase").asBoolean());
        }
        if (normalizer.path("strip_accents").isBoolean()) {
          out.bool(accents, normalizer.path("strip_accents").asBoolean());
        }
      }
      case "Sequence" -> normalizer.path("normalizers").forEach(step -> normalizer(step, out));
      default -> {}
    }
  }
}
