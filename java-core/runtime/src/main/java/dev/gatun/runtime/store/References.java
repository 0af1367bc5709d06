package dev.gatun.runtime.store;

import dev.gatun.runtime.fetch.Origin;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a user may write for a model: a name of the catalogue or the store, {@code
 * hf:owner/repository/file} (a revision after {@code @}, a digest after {@code #sha256=}), an
 * address with a digest after {@code #sha256=}, or a path.
 */
final class References {
  private static final Pattern HUB =
      Pattern.compile(
          "hf:([A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*)(?:@([\\w./-]+?))?/((?:[^/@#?\\\\]+/)*[^/@#?\\\\]+)");
  private static final Pattern PART = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})(\\.gguf)");
  private static final String DIGEST = "#sha256=";
  private static final int MOST_PARTS = 1000;

  private References() {}

  /** A reference that names a place on the network; empty for a name or path. */
  static Optional<ModelSpec> remote(String reference) {
    String lower = reference.toLowerCase(Locale.ROOT);
    boolean hub = lower.startsWith("hf:");
    if (!hub && !lower.startsWith("https://") && !lower.startsWith("http://")) {
      return Optional.empty();
    }
    int mark = reference.indexOf('#');
    Optional<String> sha256 = mark < 0 ? Optional.empty() : Optional.of(digest(reference, mark));
    String place = mark < 0 ? reference : reference.substring(0, mark);
    return Optional.of(hub ? hub(place, sha256) : web(place, sha256));
  }

  private static String digest(String reference, int mark) {
    String fragment = reference.substring(mark).toLowerCase(Locale.ROOT);
    String digest = fragment.startsWith(DIGEST) ? fragment.substring(DIGEST.length()) : "";
    if (!Digests.isSha256(digest)) {
      throw new StoreException(
          "what follows # in '%s' must be sha256= and 64 hexadecimal digits".formatted(reference));
    }
    return digest;
  }

  private static ModelSpec hub(String place, Optional<String> sha256) {
    Matcher match = HUB.matcher(place);
    if (!match.matches() || place.contains("..")) {
      throw new StoreException(
          "'%s' is not a file of the model hub; write hf:owner/repository/file.gguf, or hf:owner/repository@revision/file.gguf"
              .formatted(place));
    }
    String revision = Optional.ofNullable(match.group(2)).orElse("main");
    List<Artifact> files = new ArrayList<>();
    for (String file : parts(match.group(3), sha256)) {
      files.add(
          new Artifact(
              lastPart(file),
              OptionalLong.empty(),
              sha256,
              List.of(new Origin.Hub(match.group(1), revision, file))));
    }
    return new ModelSpec(place, place, "", files);
  }

  private static ModelSpec web(String place, Optional<String> sha256) {
    try {
      URI address = new URI(place);
      String path = Optional.ofNullable(address.getPath()).orElse("");
      String name = lastPart(path);
      if (address.getHost() == null || !ManifestJson.isPlainFileName(name)) {
        throw new StoreException("'" + place + "' is not the address of a file");
      }
      List<Artifact> files = new ArrayList<>();
      for (String part : parts(name, sha256)) {
        URI at = part.equals(name) ? address : new URI(place.replace(name, part));
        files.add(new Artifact(part, OptionalLong.empty(), sha256, List.of(new Origin.Http(at))));
      }
      String shown = new Origin.Http(address).describe();
      return new ModelSpec(shown, shown, "", files);
    } catch (URISyntaxException e) {
      throw new StoreException("'" + place + "' is not an address", e);
    }
  }

  /** All parts of a split model, when the name is that of one part. */
  private static List<String> parts(String file, Optional<String> sha256) {
    Matcher match = PART.matcher(file);
    if (sha256.isPresent() || !match.matches()) {
      return List.of(file);
    }
    int count = Integer.parseInt(match.group(3));
    if (count < 1 || count > MOST_PARTS) {
      throw new StoreException("'" + file + "' says that it has " + count + " parts");
    }
    List<String> parts = new ArrayList<>();
    for (int part = 1; part <= count; part++) {
      parts.add("%s-%05d-of-%05d%s".formatted(match.group(1), part, count, match.group(4)));
    }
    return parts;
  }

  /** A file of this machine; empty when there is none of this path. */
  static Optional<Path> local(String reference) {
    try {
      String path = reference.startsWith("file:") ? reference.substring(5) : reference;
      Path file = Path.of(path);
      return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** All parts of a split model beside one of them, as far as they are there; else the file. */
  static List<Path> localParts(Path file) {
    List<Path> paths =
        parts(file.getFileName().toString(), Optional.empty()).stream()
            .map(file::resolveSibling)
            .toList();
    return paths.stream().allMatch(Files::isRegularFile) ? paths : List.of(file);
  }

  /** Whether a text can only be meant as a path. */
  static boolean looksLikePath(String reference) {
    String lower = reference.toLowerCase(Locale.ROOT);
    return lower.contains("/")
        || lower.contains("\\")
        || lower.endsWith(".gguf")
        || lower.endsWith(".onnx")
        || lower.endsWith(".safetensors");
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
