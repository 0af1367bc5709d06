package dev.gatun.runtime.store;

import dev.gatun.runtime.fetch.DiskFullException;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.files.FileTree;
import dev.gatun.runtime.files.ProcessLock;
import dev.gatun.runtime.store.StoredModel.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Models on this machine: files by SHA-256, and one manifest per name. A name appears only after
 * all its files are complete and verified; a process that dies leaves nothing behind but partial
 * files apart, which {@link ModelPuller} continues.
 *
 * <p>Thread-safe, and safe among processes: changes are made under a lock file, each by one atomic
 * rename. Reading needs no lock.
 */
public final class ModelStore {
  private static final System.Logger LOG = System.getLogger(ModelStore.class.getName());

  private final StoreLayout layout;
  private final ManifestJson json = new ManifestJson();

  /**
   * A store in {@code home/models}; folders are made when first needed.
   *
   * @param home Gatun's folder
   */
  public ModelStore(Path home) {
    layout = new StoreLayout(home.resolve("models"));
  }

  /** How {@link #add} takes a file. */
  public enum AddMode {
    /** A copy: the file may change or vanish afterwards. */
    COPY,
    /** A hard link, which takes no room; the file must not be changed in place. Else a copy. */
    LINK
  }

  /** All models, by name. Damaged manifests are left out and logged. */
  public List<StoredModel> list() {
    if (!Files.isDirectory(layout.manifests())) {
      return List.of();
    }
    List<StoredModel> models = new ArrayList<>();
    for (Path file : manifestFiles()) {
      read(file).ifPresent(models::add);
    }
    models.sort(Comparator.comparing(StoredModel::name));
    return models;
  }

  /** The model of this name, when it is stored and its files are there. */
  public Optional<StoredModel> find(String name) {
    return read(layout.manifest(ModelNames.checked(name)))
        .filter(model -> model.name().equals(name))
        .filter(model -> model.files().stream().allMatch(this::isWhole));
  }

  /** The file with this content; it may not be there. Read only: other models may share it. */
  public Path path(StoredFile file) {
    return layout.blob(file.sha256());
  }

  /**
   * Paths of a model's files in order. Those of a model of several files carry their own names, in
   * a folder of their own, because formats and pipelines find them by name; so does an ONNX file,
   * because vendors' readers go by its ending.
   *
   * @throws StoreException when that folder cannot be made
   */
  public List<Path> paths(StoredModel model) {
    StoredFile first = model.files().getFirst();
    if (model.files().size() == 1 && !first.name().endsWith(".onnx")) {
      return List.of(path(first));
    }
    try {
      Path view = layout.views().resolve(model.digest());
      Files.createDirectories(view);
      List<Path> paths = new ArrayList<>();
      for (StoredFile file : model.files()) {
        Path link = view.resolve(file.name());
        if (!Files.exists(link)) {
          link(path(file), link);
        }
        paths.add(link);
      }
      return paths;
    } catch (IOException e) {
      throw new StoreException(
          "cannot lay out the files of " + model.name() + ": " + describe(e), e);
    }
  }

  /**
   * Adds a local file under a name, replacing what the name meant.
   *
   * @throws StoreException when the file cannot be read or there is no room; the store is as before
   */
  public StoredModel add(String name, Path file, AddMode mode) {
    return add(name, List.of(file), mode);
  }

  /**
   * Adds a model in one or several local files under a name, replacing what the name meant.
   *
   * @param files in order, at least one
   * @throws StoreException when a file cannot be read or there is no room; the store is as before
   */
  public StoredModel add(String name, List<Path> files, AddMode mode) {
    ModelNames.checked(name);
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new StoreException(file + " is not a file");
      }
    }
    List<Path> temporary = new ArrayList<>();
    Path lock = layout.partial().resolve("add-" + UUID.randomUUID() + ".lock");
    try {
      // The locks tell a repair that these files are no leftovers.
      try (ProcessLock _ = ProcessLock.acquire(lock, () -> {})) {
        List<StoredFile> stored = new ArrayList<>();
        for (Path file : files) {
          temporary.add(temporaryOf(lock, temporary.size()));
          stored.add(bring(file, temporary.getLast(), mode));
        }
        String source = files.getFirst().toAbsolutePath().toString();
        var model = new StoredModel(name, stored, source, "", false, Instant.now());
        install(model, temporary);
        return model;
      } finally {
        for (Path path : temporary) {
          Files.deleteIfExists(path);
        }
        Files.deleteIfExists(lock);
      }
    } catch (IOException e) {
      throw new StoreException("cannot add " + files.getFirst() + ": " + describe(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while adding " + files.getFirst(), e);
    }
  }

  /** Where a part waits; everything before the first point names the lock. */
  private static Path temporaryOf(Path lock, int part) {
    String key = lock.getFileName().toString().replace(".lock", "");
    return lock.resolveSibling(part == 0 ? key : key + "." + part);
  }

  private static StoredFile bring(Path file, Path temporary, AddMode mode) throws IOException {
    if (mode == AddMode.LINK) {
      link(file.toRealPath(), temporary);
    } else {
      Files.copy(file, temporary);
    }
    return new StoredFile(
        file.getFileName().toString(), Digests.of(temporary), Files.size(temporary));
  }

  /**
   * Moves verified files to their places, then writes the manifest. A file that is there already
   * needs no path.
   *
   * @param arrived one per file of the model; null for one that the store has
   */
  void install(StoredModel model, List<Path> arrived) throws IOException, InterruptedException {
    try (ProcessLock _ = lock()) {
      Files.createDirectories(layout.blobs());
      for (int i = 0; i < arrived.size(); i++) {
        StoredFile file = model.files().get(i);
        if (isWhole(file)) {
          continue;
        }
        if (arrived.get(i) == null) {
          throw new IOException(file.name() + " was removed meanwhile; try again");
        }
        AtomicFile.move(arrived.get(i), path(file));
      }
      AtomicFile.write(layout.manifest(model.name()), json.write(model));
    }
  }

  /**
   * What a removal did.
   *
   * @param found whether there was such a model
   * @param freed bytes of files that no other model uses
   */
  public record Removal(boolean found, long freed) {}

  /**
   * Removes a name, and its files unless another name uses them.
   *
   * @throws StoreException when files cannot be deleted
   */
  public Removal remove(String name) {
    Path manifest = layout.manifest(ModelNames.checked(name));
    try (ProcessLock _ = lock()) {
      if (!Files.exists(manifest)) {
        return new Removal(false, 0);
      }
      Optional<StoredModel> model = read(manifest);
      if (model.isEmpty()) {
        Files.delete(manifest);
        return new Removal(true, 0);
      }
      Set<String> others = usedDigests(Optional.of(manifest));
      Files.delete(manifest);
      return new Removal(true, deleteUnused(model.get(), others));
    } catch (IOException e) {
      throw new StoreException("cannot remove " + name + ": " + describe(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while removing " + name, e);
    }
  }

  private long deleteUnused(StoredModel removed, Set<String> used) throws IOException {
    long freed = 0;
    for (StoredFile file : removed.files()) {
      if (!used.contains(file.sha256()) && Files.deleteIfExists(path(file))) {
        freed += file.size();
      }
    }
    boolean otherName = list().stream().anyMatch(model -> model.digest().equals(removed.digest()));
    if (!otherName) {
      FileTree.delete(layout.views().resolve(removed.digest()));
    }
    return freed;
  }

  /**
   * Digests that manifests name.
   *
   * @param except a manifest to leave out
   * @throws IOException when a manifest cannot be understood: then no file is known to be unused
   */
  Set<String> usedDigests(Optional<Path> except) throws IOException {
    Set<String> used = new HashSet<>();
    for (Path file : manifestFiles()) {
      if (except.isPresent() && except.get().equals(file)) {
        continue;
      }
      Optional<byte[]> bytes = AtomicFile.read(file, ManifestJson.LARGEST);
      if (bytes.isPresent()) {
        try {
          json.read(bytes.get()).files().forEach(stored -> used.add(stored.sha256()));
        } catch (IOException e) {
          throw new IOException("manifest " + file + " is damaged; delete it, then try again", e);
        }
      }
    }
    return used;
  }

  /** Cleans up after processes that died; see {@link StoreRepair.Report}. */
  public StoreRepair.Report repair() {
    return new StoreRepair(this, layout).run();
  }

  /** Whether a file is there in full length. */
  boolean isWhole(StoredFile file) {
    try {
      return Files.isRegularFile(path(file)) && Files.size(path(file)) == file.size();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot look at " + path(file), e);
      return false;
    }
  }

  StoreLayout layout() {
    return layout;
  }

  ProcessLock lock() throws IOException, InterruptedException {
    return ProcessLock.acquire(layout.lock(), () -> LOG.log(System.Logger.Level.DEBUG, "waiting"));
  }

  List<Path> manifestFiles() {
    if (!Files.isDirectory(layout.manifests())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(layout.manifests())) {
      return files.filter(file -> !AtomicFile.isTemporary(file)).sorted().toList();
    } catch (IOException e) {
      throw new StoreException("cannot read " + layout.manifests() + ": " + describe(e), e);
    }
  }

  /** A manifest; empty when there is none or it is damaged or misplaced. */
  Optional<StoredModel> read(Path file) {
    try {
      Optional<byte[]> bytes = AtomicFile.read(file, ManifestJson.LARGEST);
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      StoredModel model = json.read(bytes.get());
      if (!layout.manifest(model.name()).getFileName().equals(file.getFileName())) {
        throw new IOException("it names another model");
      }
      return Optional.of(model);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the manifest {0} is damaged ({1}); pull the model again or delete the file",
          file,
          e.getMessage());
      return Optional.empty();
    }
  }

  private static void link(Path existing, Path link) throws IOException {
    try {
      Files.createLink(link, existing);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(System.Logger.Level.DEBUG, "no hard link possible; copying", e);
      Files.copy(existing, link, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  static String describe(IOException e) {
    String kind =
        switch (e) {
          case java.nio.file.AccessDeniedException _ -> "access denied: ";
          case java.nio.file.NoSuchFileException _ -> "no such file: ";
          default -> "";
        };
    String remedy =
        DiskFullException.means(e) ? "; free some space (`gatun rm` removes models)" : "";
    return kind + e.getMessage() + remedy;
  }
}
