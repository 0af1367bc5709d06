package dev.gatun.pipelines.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatun.formats.ModelFormatException;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A JSON file that belongs to a model.
 *
 * @param root an object
 */
public record JsonFile(Path path, JsonNode root) {
  private static final long MAX_BYTES = 16L << 20;

  /**
   * Reads a file.
   *
   * @throws ModelFormatException when it is missing, too large, or no JSON object
   */
  public static JsonFile read(Path path) {
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new ModelFormatException(
            path.toString(), -1, "has more than " + MAX_BYTES + " bytes: no such file is so large");
      }
      JsonNode root = new JsonMapper().readTree(Files.readAllBytes(path));
      JsonFile file = new JsonFile(path, root);
      if (!root.isObject()) {
        throw file.bad("is no JSON object");
      }
      return file;
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(
          path.toString(), -1, "is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ModelFormatException(
          path.toString(), -1, "cannot be read (" + GatunException.reason(e) + ")", e);
    }
  }

  /**
   * A whole number.
   *
   * @throws ModelFormatException when it is missing or out of bounds
   */
  public int number(String key, int least, int most) {
    JsonNode node = root.path(key);
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.asInt() < least
        || node.asInt() > most) {
      throw bad("says %s = %s; a number from %d to %d is needed".formatted(key, node, least, most));
    }
    return node.asInt();
  }

  public ModelFormatException bad(String what) {
    return new ModelFormatException(path.toString(), -1, what);
  }
}
