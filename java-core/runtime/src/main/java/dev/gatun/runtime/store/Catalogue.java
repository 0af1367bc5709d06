package dev.gatun.runtime.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatun.runtime.fetch.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Models that can be had by a short name. A resource of this module; immutable. */
public final class Catalogue {
  private static final String RESOURCE = "catalogue.json";

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, ModelSpec> specs = new LinkedHashMap<>();

  private Catalogue(JsonNode root) {
    for (JsonNode model : root.required("models")) {
      String name = model.required("name").asText();
      String licence = model.required("licence").asText();
      List<Origin> origins = new ArrayList<>();
      model.required("origins").forEach(origin -> origins.add(origin(origin)));
      Artifact file =
          new Artifact(
              model.required("file").asText(),
              OptionalLong.of(model.required("size").asLong()),
              Optional.of(model.required("sha256").asText()),
              origins);
      specs.put(name, new ModelSpec(name, origins.getFirst().describe(), licence, List.of(file)));
      entries.put(
          name,
          new Entry(
              name,
              model.required("description").asText(),
              licence,
              file.size().getAsLong(),
              origins.stream().map(Origin::describe).toList()));
    }
  }

  /**
   * A model of the catalogue.
   *
   * @param size in bytes
   * @param origins where it can be had, for people
   */
  public record Entry(
      String name, String description, String licence, long size, List<String> origins) {}

  /** The catalogue of this version. */
  public static Catalogue load() {
    try (InputStream in = Catalogue.class.getResourceAsStream(RESOURCE)) {
      return new Catalogue(new JsonMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException("the resource " + RESOURCE + " of this module is damaged", e);
    }
  }

  /** All models, in the catalogue's order. */
  public List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  Optional<ModelSpec> spec(String name) {
    return Optional.ofNullable(specs.get(name));
  }

  private static Origin origin(JsonNode node) {
    String type = node.required("type").asText();
    return switch (type) {
      case "pip" ->
          new Origin.Pip(
              node.required("project").asText(),
              node.required("version").asText(),
              node.required("wheelSha256").asText(),
              node.required("entry").asText());
      case "hub" ->
          new Origin.Hub(
              node.required("repository").asText(),
              node.required("revision").asText(),
              node.required("file").asText());
      default -> throw new IllegalStateException("unknown origin " + type);
    };
  }
}
