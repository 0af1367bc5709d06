package dev.gatun.runtime.store;

import dev.gatun.runtime.fetch.FetchListener;
import dev.gatun.runtime.fetch.Packages;
import dev.gatun.runtime.fetch.PartialFile;
import dev.gatun.runtime.files.FileTree;
import dev.gatun.runtime.files.ProcessLock;
import dev.gatun.runtime.spi.PackageFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Archives of one pull: each is downloaded once, however many of the model's files are in it. Holds
 * their locks until closed, when they are deleted; what a killed process leaves is removed by the
 * store's repair.
 */
final class PackageShelf implements AutoCloseable {
  private final StoreLayout layout;
  private final Packages packages;
  private final Map<PackageFile, Path> archives = new LinkedHashMap<>();
  private final Map<Path, ProcessLock> folders = new LinkedHashMap<>();

  PackageShelf(StoreLayout layout, Packages packages) {
    this.layout = layout;
    this.packages = packages;
  }

  /** Takes a file out of a package, which is downloaded when it is not here yet. */
  void extract(
      PackageFile file, String entry, PartialFile target, OptionalLong size, FetchListener listener)
      throws IOException, InterruptedException {
    size.ifPresent(bytes -> listener.progress(0, bytes));
    Path archive = archives.get(file);
    if (archive == null) {
      if (size.isPresent()) {
        target.requireRoom(2 * size.getAsLong());
      }
      archive = packages.download(file, folder(file, listener), size, listener);
      archives.put(file, archive);
    }
    Packages.extract(archive, entry, target, size);
    listener.progress(target.size(), target.size());
  }

  private Path folder(PackageFile file, FetchListener listener)
      throws IOException, InterruptedException {
    Path folder = layout.partial().resolve(file.sha256() + ".package");
    if (!folders.containsKey(folder)) {
      folders.put(
          folder,
          ProcessLock.acquire(
              layout.partial().resolve(file.sha256() + ".lock"),
              () ->
                  listener.message(
                      "another process gets %s; waiting for it".formatted(file.describe()))));
    }
    FileTree.delete(folder);
    Files.createDirectories(folder);
    return folder;
  }

  @Override
  public void close() throws IOException {
    for (Map.Entry<Path, ProcessLock> folder : folders.entrySet()) {
      try (ProcessLock _ = folder.getValue()) {
        FileTree.delete(folder.getKey());
      }
    }
    folders.clear();
    archives.clear();
  }
}
