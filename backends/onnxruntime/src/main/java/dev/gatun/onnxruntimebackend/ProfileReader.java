package dev.gatun.onnxruntimebackend;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The library's record of runs: an array of trace events, of which those of category {@code Node}
 * named {@code NODE_kernel_time} say how long a node took, in microseconds.
 */
final class ProfileReader {
  private static final String SUFFIX = "_kernel_time";

  private ProfileReader() {}

  /**
   * Sums the time of each node.
   *
   * @param nodes names of the graph's nodes by those of the model's; a name that is missing is the
   *     library's own for what it made of several
   */
  static List<NodeTiming> read(Path file, Map<String, String> nodes) throws IOException {
    Map<String, NodeTiming> sums = new LinkedHashMap<>();
    var mapper = new JsonMapper();
    try (JsonParser parser = mapper.createParser(file.toFile())) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new IOException(file + " is no array of events");
      }
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        JsonNode event = mapper.readTree(parser);
        String name = event.path("name").asText();
        if (event.path("cat").asText().equals("Node") && name.endsWith(SUFFIX)) {
          String own = name.substring(0, name.length() - SUFFIX.length());
          String node = nodes.getOrDefault(own, own);
          String unit =
              event.path("args").path("provider").asText()
                  + "."
                  + event.path("args").path("op_name").asText();
          long nanoseconds = 1000 * event.path("dur").asLong();
          sums.merge(
              node + "\n" + unit,
              new NodeTiming(node, unit, 1, nanoseconds),
              (a, b) ->
                  new NodeTiming(
                      a.node(), a.unit(), a.runs() + b.runs(), a.nanoseconds() + b.nanoseconds()));
        }
      }
    }
    return List.copyOf(sums.values());
  }
}
