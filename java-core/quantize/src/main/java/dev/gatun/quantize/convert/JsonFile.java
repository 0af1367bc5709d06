package dev.gatun.quantize.convert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.gatun.formats.ModelFormatException;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The JSON files of a model's folder. */
final class JsonFile {
  /** More than the largest vocabulary takes. */
  private static final long MAX_BYTES = 256L << 20;

  private JsonFile() {}

  /**
   * Reads a file that may be absent.
   *
   * @return its content; a missing node when there is no such file
   * @throws ModelFormatException when it is damaged or too large
   */
  static JsonNode read(Path path) {
    if (!Files.isRegularFile(path)) {
      return MissingNode.getInstance();
    }
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw bad(path, "has more than " + MAX_BYTES + " bytes", null);
      }
      return new JsonMapper().readTree(Files.readAllBytes(path));
    } catch (JsonProcessingException e) {
      throw bad(path, "is not JSON: " + e.getOriginalMessage() + "; download it again", e);
    } catch (IOException e) {
      throw bad(path, "cannot be read (" + GatunException.reason(e) + ")", e);
    }
  }

  static ModelFormatException bad(Path path, String what, Throwable cause) {
    return new ModelFormatException(path.toString(), -1, what, cause);
  }
}
