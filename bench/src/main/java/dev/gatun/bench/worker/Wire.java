package dev.gatun.bench.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.function.Consumer;

/** Orders and replies as lines. */
final class Wire {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** How every reply begins: the property that names its type comes first. */
  private static final String REPLY = "{\"reply\":";

  private Wire() {}

  static String line(Object message) {
    try {
      return MAPPER.writeValueAsString(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + message, e);
    }
  }

  /**
   * Reads the next reply. Native libraries print to the same stream, and not always whole lines.
   *
   * @param other told of what is no reply
   * @return null at the end of the stream
   */
  static Reply reply(BufferedReader lines, Consumer<String> other) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int at = line.indexOf(REPLY);
      if (at != 0 && !line.isBlank()) {
        other.accept(at < 0 ? line : line.substring(0, at));
      }
      if (at >= 0) {
        return read(line.substring(at), Reply.class);
      }
    }
    return null;
  }

  static <T> T read(String line, Class<T> type) throws JsonProcessingException {
    return MAPPER.readValue(line, type);
  }
}
