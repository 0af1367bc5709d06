package dev.gatun.runtime.store;

import dev.gatun.runtime.fetch.Origin;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file to be had.
 *
 * @param fileName its own name
 * @param size in bytes, when known
 * @param sha256 its digest, when known
 * @param origins where it can be had, tried in this order
 */
record Artifact(String fileName, OptionalLong size, Optional<String> sha256, List<Origin> origins) {
  Artifact {
    origins = List.copyOf(origins);
  }

  /** Names its partial file: the digest, or that of its first origin's description. */
  String key() {
    return sha256.orElseGet(() ->
        Digests.hex(
            Digests.sha256()
                .digest(origins.getFirst().toString().getBytes(StandardCharsets.UTF_8))));
  }
}
