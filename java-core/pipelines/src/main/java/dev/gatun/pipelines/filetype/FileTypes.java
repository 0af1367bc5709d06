package dev.gatun.pipelines.filetype;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.json.JsonFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is known of each kind of file: magika's {@code content_types_kb.min.json}. Immutable. */
final class FileTypes {
  static final String TEXT = "txt";
  static final String UNKNOWN = "unknown";
  static final String EMPTY = "empty";
  static final String DIRECTORY = "directory";

  private final Map<String, FileType> types;

  private FileTypes(Map<String, FileType> types) {
    this.types = Map.copyOf(types);
  }

  /** Reads the file; every label that {@code config} can answer must be there. */
  static FileTypes read(Path file, MagikaConfig config) {
    JsonFile json = JsonFile.read(file);
    Map<String, FileType> types = new HashMap<>();
    json.root()
        .properties()
        .forEach(entry -> types.put(entry.getKey(), type(entry.getKey(), entry.getValue())));
    List<String> needed = new ArrayList<>(List.of(TEXT, UNKNOWN, EMPTY, DIRECTORY));
    needed.addAll(config.labels());
    needed.addAll(config.replaced().values());
    for (String label : needed) {
      if (!types.containsKey(label)) {
        throw json.bad("does not describe '" + label + "', which the model knows");
      }
    }
    return new FileTypes(types);
  }

  private static FileType type(String label, JsonNode node) {
    boolean text = node.path("is_text").asBoolean();
    List<String> extensions = new ArrayList<>();
    node.path("extensions").forEach(extension -> extensions.add(extension.asText()));
    return new FileType(
        label,
        node.path("description").asText(label),
        node.path("group").isTextual() ? node.path("group").asText() : UNKNOWN,
        node.path("mime_type").isTextual()
            ? node.path("mime_type").asText()
            : text ? "text/plain" : "application/octet-stream",
        extensions,
        text);
  }

  FileType get(String label) {
    return types.get(label);
  }
}
