package dev.gatun.runtime.store;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A model in the store.
 *
 * @param name what the user calls it
 * @param files at least one; the parts of a split model in order
 * @param source where it came from, for people
 * @param licence an SPDX expression; empty when unknown
 * @param verified whether its digest was known before it arrived
 */
public record StoredModel(
    String name,
    List<StoredFile> files,
    String source,
    String licence,
    boolean verified,
    Instant added) {
  public StoredModel {
    files = List.copyOf(files);
    Objects.requireNonNull(added);
    if (files.isEmpty()) {
      throw new IllegalArgumentException("a stored model has files");
    }
  }

  /**
   * One file of a model.
   *
   * @param name its own name, without folder
   * @param sha256 its digest, in hexadecimal: the name of its blob
   * @param size in bytes
   */
  public record StoredFile(String name, String sha256, long size) {}

  /** Bytes of all files. */
  public long size() {
    return files.stream().mapToLong(StoredFile::size).sum();
  }

  /** Identity of the content: the file's digest, or a digest over those of all files. */
  public String digest() {
    if (files.size() == 1) {
      return files.getFirst().sha256();
    }
    var all = Digests.sha256();
    for (StoredFile file : files) {
      all.update(file.sha256().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    return Digests.hex(all.digest());
  }
}
