package dev.gatun.runtime.selftest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.json.JsonTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Findings of self-tests, one file per backend, valid as long as the key stays the same. A file
 * that cannot be read is as good as none.
 */
final class SelfTestCache {
  /**
   * Raised when a library that failed may pass with this Gatun: what was kept before is asked
   * again.
   */
  private static final int VERSION = 2;

  private static final int LARGEST = 1 << 18;
  private static final System.Logger LOG = System.getLogger(SelfTestCache.class.getName());

  private final Path folder;

  SelfTestCache(Path folder) {
    this.folder = folder;
  }

  Optional<ChildResult> find(String backend, String key) {
    try {
      Optional<byte[]> content = AtomicFile.read(file(backend), LARGEST);
      if (content.isEmpty()) {
        return Optional.empty();
      }
      JsonNode node = JsonTree.read(content.get());
      boolean fits =
          node.path("version").asInt() == VERSION
              && node.path("key").asText().equals(key)
              && node.path("good").isBoolean()
              && node.path("reason").isTextual()
              && node.path("remedy").isTextual();
      return fits
          ? Optional.of(
              new ChildResult(
                  node.path("good").asBoolean(),
                  node.path("reason").asText(),
                  node.path("remedy").asText()))
          : Optional.empty();
    } catch (JacksonException e) {
      LOG.log(System.Logger.Level.DEBUG, "ignoring a damaged cache file", e);
      return Optional.empty();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot read a cache file", e);
      return Optional.empty();
    }
  }

  /** Keeps a finding; a folder that cannot be written only costs time later. */
  void put(String backend, String key, ChildResult result) {
    try {
      var json = new JsonMapper();
      var node = json.createObjectNode();
      node.put("version", VERSION);
      node.put("key", key);
      node.put("good", result.good());
      node.put("reason", result.reason());
      node.put("remedy", result.remedy());
      AtomicFile.write(file(backend), json.writeValueAsBytes(node));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot keep a self-test's finding", e);
    }
  }

  private Path file(String backend) {
    return folder.resolve(backend.replaceAll("[^a-z0-9-]", "_") + ".json");
  }
}
