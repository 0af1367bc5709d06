package dev.gatun.formats.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatun.formats.ModelFormatException;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** {@code model.safetensors.index.json}: which shard of a folder holds which tensor. */
final class SafetensorsIndex {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  private static final long MAX_BYTES = 100_000_000;

  private SafetensorsIndex() {}

  /** The files of a folder's model, in the order of their names; empty when it has none. */
  static List<Path> files(Path folder) {
    Path index = folder.resolve(INDEX);
    if (!Files.exists(index)) {
      Path single = folder.resolve(SINGLE);
      return Files.exists(single) ? List.of(single) : List.of();
    }
    Set<String> names = new TreeSet<>();
    for (Map.Entry<String, JsonNode> entry : weightMap(index).properties()) {
      String file = entry.getValue().asText("");
      // A name of a file beside the index, never a way out of its folder.
      if (file.isEmpty() || file.startsWith(".") || file.contains("/") || file.contains("\\")) {
        throw bad(
            index, "names the shard '" + file + "', which is no name of a file beside it", null);
      }
      names.add(file);
    }
    if (names.isEmpty()) {
      throw bad(index, "names no shard", null);
    }
    return names.stream().map(folder::resolve).toList();
  }

  /** Checks that an index, where there is one, names exactly the tensors of the shards. */
  static void check(Path folder, Set<String> tensors) {
    Path index = folder.resolve(INDEX);
    if (!Files.exists(index)) {
      return;
    }
    JsonNode map = weightMap(index);
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      if (!tensors.contains(entry.getKey())) {
        throw bad(
            index,
            "says that %s holds the tensor '%s', but it does not; download the shards again"
                .formatted(entry.getValue().asText(), entry.getKey()),
            null);
      }
    }
    for (String tensor : tensors) {
      if (!map.has(tensor)) {
        throw bad(index, "does not name the tensor '" + tensor + "', which a shard holds", null);
      }
    }
  }

  private static JsonNode weightMap(Path index) {
    try {
      if (Files.size(index) > MAX_BYTES) {
        throw bad(index, "has more than " + MAX_BYTES + " bytes", null);
      }
      JsonNode map = new JsonMapper().readTree(Files.readAllBytes(index)).path("weight_map");
      if (!map.isObject()) {
        throw bad(index, "has no object weight_map", null);
      }
      return map;
    } catch (JsonProcessingException e) {
      throw bad(index, "is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw bad(index, "cannot be read (" + GatunException.reason(e) + ")", e);
    }
  }

  private static ModelFormatException bad(Path index, String what, Throwable cause) {
    return new ModelFormatException(index.toString(), -1, what, cause);
  }
}
