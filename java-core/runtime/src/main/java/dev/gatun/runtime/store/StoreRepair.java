package dev.gatun.runtime.store;

import dev.gatun.runtime.fetch.PartialFile;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.files.FileTree;
import dev.gatun.runtime.files.ProcessLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Cleans up what processes that died have left. */
public final class StoreRepair {
  private static final Duration KEEP_PARTIAL = Duration.ofDays(30);

  private final ModelStore store;
  private final StoreLayout layout;

  StoreRepair(ModelStore store, StoreLayout layout) {
    this.store = store;
    this.layout = layout;
  }

  /**
   * What was found and done.
   *
   * @param deleted leftovers that were deleted: unfinished writes, work folders, files that no
   *     manifest names, downloads untouched for a month
   * @param kept downloads that can be continued
   * @param damaged manifests that cannot be read; nothing was done about them
   * @param incomplete models whose files are missing or short: pull them again
   */
  public record Report(
      List<Path> deleted, List<Path> kept, List<Path> damaged, List<String> incomplete) {
    public Report {
      deleted = List.copyOf(deleted);
      kept = List.copyOf(kept);
      damaged = List.copyOf(damaged);
      incomplete = List.copyOf(incomplete);
    }
  }

  Report run() {
    List<Path> deleted = new ArrayList<>();
    List<Path> kept = new ArrayList<>();
    List<Path> damaged = new ArrayList<>();
    List<String> incomplete = new ArrayList<>();
    if (!Files.isDirectory(layout.root())) {
      return new Report(deleted, kept, damaged, incomplete);
    }
    try (ProcessLock _ = store.lock()) {
      for (Path manifest : store.manifestFiles()) {
        Optional<StoredModel> model = store.read(manifest);
        if (model.isEmpty()) {
          damaged.add(manifest);
        } else if (!model.get().files().stream().allMatch(store::isWhole)) {
          incomplete.add(model.get().name());
        }
      }
      for (Path file : children(layout.manifests())) {
        if (AtomicFile.isTemporary(file)) {
          remove(file, deleted);
        }
      }
      if (damaged.isEmpty()) {
        Set<String> used = store.usedDigests(Optional.empty());
        for (Path blob : children(layout.blobs())) {
          if (!used.contains(blob.getFileName().toString())) {
            remove(blob, deleted);
          }
        }
      }
      partials(deleted, kept);
    } catch (IOException e) {
      throw new StoreException("cannot repair " + layout.root() + ": " + ModelStore.describe(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while repairing " + layout.root(), e);
    }
    return new Report(deleted, kept, damaged, incomplete);
  }

  /** Whatever belongs to a download that no process holds. */
  private void partials(List<Path> deleted, List<Path> kept) throws IOException {
    for (Path file : children(layout.partial())) {
      String name = file.getFileName().toString();
      if (name.endsWith(".lock") || name.endsWith(".validator")) {
        continue;
      }
      String key = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
      Optional<ProcessLock> lock = ProcessLock.tryAcquire(layout.partial().resolve(key + ".lock"));
      if (lock.isEmpty()) {
        continue;
      }
      try (ProcessLock _ = lock.get()) {
        boolean resumable = Files.isRegularFile(file) && Digests.isSha256(key) && isRecent(file);
        if (resumable) {
          kept.add(file);
        } else {
          remove(file, deleted);
          Files.deleteIfExists(PartialFile.validatorFile(file));
        }
      }
      if (!Digests.isSha256(key)) {
        Files.deleteIfExists(layout.partial().resolve(key + ".lock"));
      }
    }
  }

  private static boolean isRecent(Path file) throws IOException {
    Instant changed = Files.getLastModifiedTime(file).toInstant();
    return changed.isAfter(Instant.now().minus(KEEP_PARTIAL));
  }

  private static void remove(Path file, List<Path> deleted) throws IOException {
    FileTree.delete(file);
    deleted.add(file);
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
