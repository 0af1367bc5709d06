package dev.gatun.runtime.install;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.install.InstalledRuntime.InstalledFile;
import dev.gatun.runtime.json.JsonTree;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** An {@link InstalledRuntime} as {@code runtime.json}. Reading trusts nothing. */
final class RuntimeJson {
  static final String FILE = "runtime.json";
  private static final int VERSION = 1;
  private static final int LARGEST = 1 << 20;
  private static final int MOST_FILES = 10_000;
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_+][A-Za-z0-9_+.@ -]{0,200}");

  /** Whether a name stays in the folder that it is resolved against, on every system. */
  static boolean isPlain(String name) {
    return PLAIN.matcher(name).matches() && !name.contains("..") && !name.endsWith(".");
  }

  byte[] write(InstalledRuntime runtime) {
    var json = new JsonMapper();
    ObjectNode node = json.createObjectNode();
    node.put("version", VERSION);
    node.put("name", runtime.name());
    node.put("runtime", runtime.version());
    node.put("platform", runtime.platform());
    node.put("licence", runtime.licence());
    node.put("installed", runtime.installed().toString());
    ArrayNode sources = node.putArray("sources");
    runtime.sources().forEach(sources::add);
    ArrayNode files = node.putArray("files");
    for (InstalledFile file : runtime.files()) {
      files
          .addObject()
          .put("name", file.name())
          .put("size", file.size())
          .put("sha256", file.sha256())
          .put("modified", file.modified());
    }
    try {
      return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    } catch (JacksonException e) {
      throw new IllegalStateException("a tree of texts and numbers is always JSON", e);
    }
  }

  /**
   * Reads the runtime in a folder.
   *
   * @return empty when the folder holds none
   * @throws IOException when its file is damaged
   */
  Optional<InstalledRuntime> read(Path folder) throws IOException {
    Optional<byte[]> bytes = AtomicFile.read(folder.resolve(FILE), LARGEST);
    return bytes.isEmpty() ? Optional.empty() : Optional.of(parse(folder, bytes.get()));
  }

  private InstalledRuntime parse(Path folder, byte[] bytes) throws IOException {
    try {
      JsonNode node = JsonTree.read(bytes);
      if (node.path("version").asInt() != VERSION) {
        throw new IOException("not of version " + VERSION);
      }
      List<InstalledFile> files = new ArrayList<>();
      for (JsonNode file : node.required("files")) {
        files.add(file(file));
        if (files.size() > MOST_FILES) {
          throw new IOException("more than " + MOST_FILES + " files");
        }
      }
      List<String> sources = new ArrayList<>();
      node.required("sources").forEach(source -> sources.add(source.asText()));
      return new InstalledRuntime(
          folder,
          node.required("name").asText(),
          node.required("runtime").asText(),
          node.required("platform").asText(),
          node.required("licence").asText(),
          sources,
          Instant.parse(node.required("installed").asText()),
          files);
    } catch (JacksonException e) {
      throw new IOException("not JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static InstalledFile file(JsonNode node) throws IOException {
    String name = node.required("name").asText();
    String sha256 = node.required("sha256").asText();
    long size = node.required("size").asLong(-1);
    if (!isPlain(name) || !Digests.isSha256(sha256) || size < 0) {
      throw new IOException("a file's name, digest or size is not one");
    }
    return new InstalledFile(name, size, sha256, node.required("modified").asLong());
  }
}
