package dev.gatun.runtime.store;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.runtime.json.JsonTree;
import dev.gatun.runtime.store.StoredModel.StoredFile;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A {@link StoredModel} as JSON. Reading trusts nothing. */
final class ManifestJson {
  static final int LARGEST = 1 << 20;
  private static final int VERSION = 1;
  private static final int MOST_FILES = 10_000;

  byte[] write(StoredModel model) {
    var json = new JsonMapper();
    ObjectNode node = json.createObjectNode();
    node.put("version", VERSION);
    node.put("name", model.name());
    node.put("source", model.source());
    node.put("licence", model.licence());
    node.put("verified", model.verified());
    node.put("added", model.added().toString());
    ArrayNode files = node.putArray("files");
    for (StoredFile file : model.files()) {
      files
          .addObject()
          .put("name", file.name())
          .put("sha256", file.sha256())
          .put("size", file.size());
    }
    try {
      return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    } catch (JacksonException e) {
      throw new IllegalStateException("a tree of texts and numbers is always JSON", e);
    }
  }

  /**
   * @throws IOException when the bytes are no manifest
   */
  StoredModel read(byte[] bytes) throws IOException {
    JsonNode node = parse(bytes);
    if (node.path("version").asInt() != VERSION) {
      throw new IOException("not a manifest of version " + VERSION);
    }
    List<StoredFile> files = new ArrayList<>();
    for (JsonNode file : node.path("files")) {
      files.add(file(file));
      if (files.size() > MOST_FILES) {
        throw new IOException("more than " + MOST_FILES + " files");
      }
    }
    if (files.isEmpty()) {
      throw new IOException("no files");
    }
    String name = text(node, "name");
    try {
      return new StoredModel(
          ModelNames.checked(name),
          files,
          text(node, "source"),
          text(node, "licence"),
          node.path("verified").asBoolean(),
          Instant.parse(text(node, "added")));
    } catch (StoreException | DateTimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private JsonNode parse(byte[] bytes) throws IOException {
    try {
      return JsonTree.read(bytes);
    } catch (JacksonException e) {
      // The whole message has a second line about where it was read, which helps nobody.
      throw new IOException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static StoredFile file(JsonNode node) throws IOException {
    String name = text(node, "name");
    String sha256 = text(node, "sha256");
    JsonNode size = node.path("size");
    if (!isPlainFileName(name)) {
      throw new IOException("a file's name is not one");
    }
    if (!Digests.isSha256(sha256)) {
      throw new IOException("a file's digest is not one");
    }
    if (!size.isIntegralNumber() || !size.canConvertToLong() || size.asLong() < 0) {
      throw new IOException("a file's size is not one");
    }
    return new StoredFile(name, sha256, size.asLong());
  }

  /** Whether a name stays in the folder that it is resolved against. */
  static boolean isPlainFileName(String name) {
    return !name.isBlank()
        && name.length() <= 255
        && !name.equals(".")
        && !name.equals("..")
        && name.chars()
            .noneMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c));
  }

  private static String text(JsonNode node, String field) throws IOException {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw new IOException("no text '" + field + "'");
    }
    return value.asText();
  }
}
