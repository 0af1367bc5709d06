package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The chat templates of a folder: in tokenizer_config.json, else in chat_template.jinja (with more
 * under additional_chat_templates) or chat_template.json.
 */
record ChatTemplates(ModelFolder folder, JsonNode settings) {
  /** By name; the usual one is {@code default}. */
  Map<String, String> templates() {
    Map<String, String> found = new LinkedHashMap<>();
    JsonNode inside = settings.path("chat_template");
    if (inside.isMissingNode() || inside.isNull()) {
      inside = folder.json("chat_template.json").path("chat_template");
      if (folder.has("chat_template.jinja")) {
        folder.text("chat_template.jinja").ifPresent(text -> found.put("default", text));
        more(found);
        return found;
      }
    }
    if (inside.isTextual()) {
      found.put("default", inside.asText());
    }
    for (JsonNode entry : inside.isArray() ? inside : settings.path("\0")) {
      if (entry.path("name").isTextual() && entry.path("template").isTextual()) {
        found.put(entry.path("name").asText(), entry.path("template").asText());
      }
    }
    return found;
  }

  private void more(Map<String, String> found) {
    Path more = folder.path().resolve("additional_chat_templates");
    if (!Files.isDirectory(more)) {
      return;
    }
    try (Stream<Path> files = Files.list(more)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".jinja")) {
          found.put(name.substring(0, name.length() - ".jinja".length()), Files.readString(file));
        }
      }
    } catch (IOException e) {
      throw JsonFile.bad(more, "cannot be read (" + GatunException.reason(e) + ")", e);
    }
  }

  void write(GgufWriter out) {
    Map<String, String> templates = templates();
    List<String> names = new ArrayList<>(templates.keySet());
    names.remove("default");
    if (!names.isEmpty()) {
      out.strings("tokenizer.chat_templates", names);
    }
    templates.forEach((name, text) ->
        out.string(
            name.equals("default") ? "tokenizer.chat_template" : "tokenizer.chat_template." + name,
            text));
  }
}
