package dev.gatun.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Files with what other programs answered; beside each is the program that made it. */
@SuppressWarnings("exports")
public final class Goldens {
  private Goldens() {}

  /** A JSON file among this package's resources. */
  public static JsonNode json(String name) throws IOException {
    try (InputStream in = Goldens.class.getResourceAsStream(name)) {
      return new ObjectMapper().readTree(in);
    }
  }

  public static Path file(String name) {
    try {
      return Path.of(Goldens.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  public static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  public static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }
}
