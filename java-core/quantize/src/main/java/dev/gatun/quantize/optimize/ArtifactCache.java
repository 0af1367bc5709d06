package dev.gatun.quantize.optimize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.runtime.files.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Artifacts and measurements, by the digest of all that they were made of: a run that was stopped
 * goes on where it was, and the same step is never done twice. Files appear whole. Safe for several
 * processes: the worst that happens is that both do the same work.
 */
public final class ArtifactCache {
  private final Path folder;

  /**
   * @param folder made when it is not there
   */
  public ArtifactCache(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /** Makes a file. */
  @FunctionalInterface
  public interface Maker {
    /** Writes it under this name. */
    void make(Path target) throws IOException;
  }

  /** The digest of several texts, which a separator keeps apart. */
  public static String key(String... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * The file of a key, made when it is not there.
   *
   * @param suffix of its name, such as {@code .gguf}
   */
  public Path file(String key, String suffix, Maker maker) throws IOException {
    Path target = folder.resolve(key + suffix);
    if (!Files.exists(target)) {
      maker.make(target);
    }
    return target;
  }

  /** A measurement that was kept. */
  Optional<Measurement> measurement(String key) throws IOException {
    Path file = folder.resolve(key + ".json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    return Optional.of(
        new Measurement(
            json.path("accuracy").asDouble(),
            json.path("divergence").asDouble(),
            json.path("bytes").asLong(),
            times(json.path("times")),
            json.has("task")
                ? OptionalDouble.of(json.path("task").asDouble())
                : OptionalDouble.empty()));
  }

  private static List<DeviceTime> times(JsonNode array) {
    List<DeviceTime> times = new ArrayList<>();
    for (JsonNode time : array) {
      times.add(
          new DeviceTime(
              time.path("device").asText(),
              time.path("median").asDouble(),
              time.path("low").asDouble(),
              time.path("high").asDouble()));
    }
    return times;
  }

  /** Keeps a measurement. */
  void keep(String key, Recipe recipe, Measurement measured) throws IOException {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("schema", "gatun.measurement/2");
    json.put("recipe", recipe.canonical());
    json.put("accuracy", measured.accuracy());
    json.put("divergence", measured.divergence());
    json.put("bytes", measured.bytes());
    measured.task().ifPresent(share -> json.put("task", share));
    ArrayNode times = json.putArray("times");
    for (DeviceTime time : measured.times()) {
      times
          .addObject()
          .put("device", time.device())
          .put("median", time.median())
          .put("low", time.low())
          .put("high", time.high());
    }
    AtomicFile.write(
        folder.resolve(key + ".json"), json.toPrettyString().getBytes(StandardCharsets.UTF_8));
  }
}
