package dev.gatun.runtime.store;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.fetch.Disk;
import dev.gatun.runtime.fetch.Packages;
import dev.gatun.runtime.fetch.PartialFile;
import dev.gatun.runtime.fetch.RetryPolicy;
import dev.gatun.runtime.fetch.UnreachableException;
import dev.gatun.runtime.store.StoredModel.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds models by what the user writes, and brings those that are not there into the store. A
 * reference is a name of the catalogue or the store, {@code hf:owner/repository/file.gguf}, an
 * address (with {@code #sha256=…} to have it checked), or a path.
 *
 * <p>Thread-safe; two processes that pull the same model share one download. Touches the network
 * only in {@link #pull} and {@link #require}, and never when the settings say offline.
 */
public final class ModelPuller {
  private final ModelStore store;
  private final Settings settings;
  private final RetryPolicy retries;
  private final Disk disk;

  public ModelPuller(ModelStore store, Settings settings) {
    this(store, settings, RetryPolicy.DEFAULT, Disk.real());
  }

  ModelPuller(ModelStore store, Settings settings, RetryPolicy retries, Disk disk) {
    this.store = store;
    this.settings = settings;
    this.retries = retries;
    this.disk = disk;
  }

  public ModelStore store() {
    return store;
  }

  /**
   * The model on this machine, without the network.
   *
   * @return empty when it is neither stored nor a file
   * @throws StoreException when the reference makes no sense
   */
  public Optional<LocatedModel> locate(String reference) {
    Optional<ModelSpec> remote = References.remote(reference);
    String name = remote.map(ModelSpec::name).orElse(reference);
    if (remote.isEmpty() && References.looksLikePath(reference)) {
      Optional<LocatedModel> file = localFile(reference);
      if (file.isPresent()) {
        return file;
      }
    }
    Optional<LocatedModel> stored =
        find(name)
            .map(model -> new LocatedModel(reference, store.paths(model), Optional.of(model)));
    return stored.isPresent() || remote.isPresent() ? stored : localFile(reference);
  }

  private Optional<StoredModel> find(String name) {
    try {
      return store.find(name);
    } catch (StoreException e) {
      // Not a possible name, so nothing is stored under it.
      return Optional.empty();
    }
  }

  private static Optional<LocatedModel> localFile(String reference) {
    return References.local(reference)
        .map(path -> new LocatedModel(reference, List.of(path), Optional.empty()));
  }

  /**
   * The model on this machine; pulled first when it is not there.
   *
   * @throws StoreException when it cannot be had; the message says what to do
   */
  public LocatedModel require(String reference, PullListener listener) {
    Optional<LocatedModel> here = locate(reference);
    if (here.isPresent()) {
      return here.get();
    }
    StoredModel model = pull(reference, listener);
    return new LocatedModel(reference, store.paths(model), Optional.of(model));
  }

  /**
   * Brings a model into the store, unless it is there. A path is added by hard link where possible.
   *
   * @throws StoreException when no origin gives it; the store is as before, and what has arrived is
   *     continued next time
   */
  public StoredModel pull(String reference, PullListener listener) {
    return pull(reference, Optional.empty(), listener);
  }

  /** {@link #pull(String, PullListener)} under a name of the user's choice. */
  public StoredModel pull(String reference, Optional<String> name, PullListener listener) {
    Optional<ModelSpec> spec =
        References.remote(reference).or(() -> Catalogue.load().spec(reference));
    if (spec.isEmpty()) {
      return local(reference, name, listener);
    }
    ModelSpec wanted =
        name.map(chosen ->
                new ModelSpec(
                    ModelNames.checked(chosen),
                    spec.get().source(),
                    spec.get().licence(),
                    spec.get().files()))
            .orElse(spec.get());
    return pull(wanted, listener);
  }

  StoredModel pull(ModelSpec wanted, PullListener listener) {
    Optional<StoredModel> here = store.find(wanted.name()).filter(model -> matches(model, wanted));
    if (here.isPresent()) {
      return here.get();
    }
    try {
      return fetch(wanted, listener);
    } catch (IOException e) {
      throw new StoreException(
          "cannot get %s: %s%s".formatted(wanted.name(), ModelStore.describe(e), remedy(wanted, e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while getting " + wanted.name(), e);
    }
  }

  private static String remedy(ModelSpec wanted, IOException e) {
    return e instanceof UnreachableException && wanted.files().size() == 1
        ? "\nCheck the network (a proxy is taken from HTTPS_PROXY) and try again, or bring the file here by other means and `gatun pull FILE --name %s`"
            .formatted(wanted.name())
        : "";
  }

  private StoredModel local(String reference, Optional<String> name, PullListener listener) {
    Optional<Path> file = References.local(reference);
    if (file.isPresent()) {
      List<Path> parts = References.localParts(file.get());
      String chosen = name.orElseGet(() -> file.get().getFileName().toString());
      listener.arrived(parts.stream().map(ArrivedFile::of).toList());
      return store.add(chosen, parts, ModelStore.AddMode.LINK);
    }
    Optional<StoredModel> here = find(reference);
    if (here.isPresent()) {
      return here.get();
    }
    throw new StoreException(unknown(reference));
  }

  private String unknown(String reference) {
    if (References.looksLikePath(reference)) {
      return Files.isDirectory(Path.of(reference))
          ? "%s is a folder, and a model is a file here: `gatun convert %s OUT.gguf` makes one of a folder of Hugging Face's; of one that `convert --onnx` wrote, which is for ONNX Runtime, take the model that it was made of"
              .formatted(reference, reference)
          : "there is no file " + reference;
    }
    String stored = store.list().stream().map(StoredModel::name).collect(Collectors.joining(", "));
    String known =
        Catalogue.load().entries().stream()
            .map(Catalogue.Entry::name)
            .collect(Collectors.joining(", "));
    return "no model is called '%s'. Stored: %s. Can be pulled: %s, hf:owner/repository/file.gguf, https://address#sha256=digest, or a file's path"
        .formatted(reference, stored.isEmpty() ? "none" : stored, known);
  }

  /** Whether a stored model is what a reference means now: the digests that are known agree. */
  private static boolean matches(StoredModel model, ModelSpec wanted) {
    if (model.files().size() != wanted.files().size()) {
      return false;
    }
    for (int i = 0; i < wanted.files().size(); i++) {
      Optional<String> known = wanted.files().get(i).sha256();
      if (known.isPresent() && !known.get().equals(model.files().get(i).sha256())) {
        return false;
      }
    }
    return true;
  }

  /** Lets the listener look at the files; what it refuses is deleted, or it would be resumed. */
  private void check(List<StoredFile> files, List<Path> arrived, PullListener listener)
      throws IOException {
    List<ArrivedFile> all = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      Path path = arrived.get(i) == null ? store.path(files.get(i)) : arrived.get(i);
      all.add(new ArrivedFile(files.get(i).name(), path));
    }
    try {
      listener.arrived(all);
    } catch (RuntimeException e) {
      for (Path path : arrived) {
        if (path != null) {
          PartialFile.delete(path);
        }
      }
      throw e;
    }
  }

  private StoredModel fetch(ModelSpec wanted, PullListener listener)
      throws IOException, InterruptedException {
    if (settings.offline()) {
      String otherwise =
          wanted.files().size() > 1
              ? "copy the folder " + store.layout().root() + " of a machine that has it"
              : "copy its file here and add it ('gatun pull FILE --name %s')"
                  .formatted(wanted.name());
      throw new StoreException(
          "%s is not stored and Gatun is offline; get it once with the network ('gatun pull %s'), or %s"
              .formatted(wanted.name(), wanted.name(), otherwise));
    }
    store.repair();
    List<StoredFile> files = new ArrayList<>();
    List<Path> arrived = new ArrayList<>();
    List<ArtifactFetch> fetches = new ArrayList<>();
    try (var shelf = new PackageShelf(store.layout(), new Packages(settings))) {
      boolean verified = true;
      for (int i = 0; i < wanted.files().size(); i++) {
        ArtifactFetch fetch =
            new ArtifactFetch(
                store,
                settings,
                retries,
                disk,
                shelf,
                wanted.files().get(i),
                listener,
                i + 1,
                wanted.files().size());
        fetches.add(fetch);
        ArtifactFetch.Result result = fetch.run();
        files.add(result.file());
        arrived.add(result.path().orElse(null));
        verified &= result.verified();
      }
      StoredModel model =
          new StoredModel(
              wanted.name(), files, wanted.source(), wanted.licence(), verified, Instant.now());
      check(files, arrived, listener);
      store.install(model, arrived);
      if (!verified) {
        listener.message(
            "nobody named a digest for "
                + wanted.name()
                + ": it was not verified; sha256 "
                + files.getFirst().sha256());
      }
      return model;
    } finally {
      for (ArtifactFetch fetch : fetches) {
        fetch.close();
      }
    }
  }
}
