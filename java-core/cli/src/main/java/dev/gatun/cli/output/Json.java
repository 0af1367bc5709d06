package dev.gatun.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The machine-readable output of a command: one object whose first member {@code schema} names its
 * form and version, {@code gatun.<command>/<version>}.
 */
public final class Json {
  private Json() {}

  /**
   * Formats one document.
   *
   * @param members maps, lists, records' components as maps, strings, numbers, booleans, null
   */
  public static String document(String command, int version, Map<String, ?> members) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schema", "gatun." + command + "/" + version);
    document.putAll(members);
    try {
      return new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + document, e);
    }
  }
}
