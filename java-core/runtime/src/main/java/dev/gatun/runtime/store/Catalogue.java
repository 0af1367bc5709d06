package dev.gatun.runtime.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.runtime.fetch.Origin;
import dev.gatun.runtime.json.JsonTree;
import dev.gatun.runtime.spi.PackageClient;
import dev.gatun.runtime.spi.PackageFile;
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
      PackageFile archive = archive(model.required("package"));
      List<Artifact> files = new ArrayList<>();
      model.required("files").forEach(file -> files.add(file(file, archive)));
      specs.put(name, new ModelSpec(name, archive.describe(), licence, files));
      entries.put(
          name,
          new Entry(
              name,
              model.required("description").asText(),
              licence,
              files.stream().mapToLong(file -> file.size().orElseThrow()).sum(),
              files.getFirst().origins().stream().map(Origin::describe).toList()));
    }
  }

  /**
   * A model of the catalogue.
   *
   * @param size bytes of all files
   * @param origins where its first file can be had, for people
   */
  public record Entry(
      String name, String description, String licence, long size, List<String> origins) {}

  /** The catalogue of this version. */
  public static Catalogue load() {
    try (InputStream in = Catalogue.class.getResourceAsStream(RESOURCE)) {
      return new Catalogue(JsonTree.read(in.readAllBytes()));
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

  private static PackageFile archive(JsonNode node) {
    return new PackageFile(
        PackageClient.of(node.required("client").asText()).orElseThrow(),
        node.required("name").asText(),
        node.required("version").asText(),
        node.required("sha256").asText(),
        node.path("tag").asText());
  }

  private static Artifact file(JsonNode node, PackageFile archive) {
    List<Origin> origins = new ArrayList<>();
    origins.add(new Origin.Packaged(archive, node.required("entry").asText()));
    if (node.has("hub")) {
      JsonNode hub = node.get("hub");
      origins.add(
          new Origin.Hub(
              hub.required("repository").asText(),
              hub.required("revision").asText(),
              hub.required("file").asText()));
    }
    return new Artifact(
        node.required("name").asText(),
        OptionalLong.of(node.required("size").asLong()),
        Optional.of(node.required("sha256").asText()),
        origins);
  }
}
