package dev.gatun.runtime.install;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.detect.HostPlatform;
import dev.gatun.runtime.fetch.Disk;
import dev.gatun.runtime.fetch.FetchException;
import dev.gatun.runtime.fetch.FetchListener;
import dev.gatun.runtime.fetch.Packages;
import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.files.FileTree;
import dev.gatun.runtime.files.ProcessLock;
import dev.gatun.runtime.spi.PackageFile;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.spi.RuntimeRequirement.Part;
import dev.gatun.runtime.store.Digests;
import dev.gatun.tensor.GatunException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Installs vendors' runtimes as backends describe them, under {@code HOME/runtimes}, and lists and
 * removes them. A runtime appears as a whole, by one rename, after every archive's digest was
 * compared; a process that dies leaves only a partial folder, which the next installation removes.
 *
 * <p>Thread-safe, and safe among processes.
 */
public final class RuntimeInstaller {
  private final Settings settings;
  private final RuntimeFolders folders;
  private final Supplier<List<RuntimeRequirement>> known;
  private final Disk disk = Disk.real();

  /**
   * An installer.
   *
   * @param known the runtimes that backends name
   */
  public RuntimeInstaller(Settings settings, Supplier<List<RuntimeRequirement>> known) {
    this.settings = settings;
    this.known = known;
    folders = RuntimeFolders.of(settings.home());
  }

  /** The runtimes that backends name, by name. */
  public Map<String, RuntimeRequirement> known() {
    Map<String, RuntimeRequirement> byName = new LinkedHashMap<>();
    known.get().forEach(requirement -> byName.putIfAbsent(requirement.name(), requirement));
    return byName;
  }

  /**
   * The runtime of a name.
   *
   * @throws RuntimeInstallException when no backend names it
   */
  public RuntimeRequirement require(String name) {
    Map<String, RuntimeRequirement> all = known();
    return Optional.ofNullable(all.get(name))
        .orElseThrow(() ->
            new RuntimeInstallException(
                Kind.USAGE,
                "no runtime is called '%s'; there are %s"
                    .formatted(name, all.isEmpty() ? "none" : String.join(", ", all.keySet()))));
  }

  /**
   * What an installation did.
   *
   * @param fresh whether anything was installed; otherwise it was there, whole
   */
  public record Result(InstalledRuntime runtime, boolean fresh) {}

  /**
   * Installs a runtime.
   *
   * @param platform for which machine, see {@link HostPlatform}
   * @param archives downloaded archives to take instead of asking a client; may be empty
   * @throws RuntimeInstallException when it cannot be had; the message says what to do
   */
  public Result install(
      String name, String platform, List<Path> archives, InstallListener listener) {
    RuntimeRequirement requirement = require(name);
    List<Part> parts = requirement.packages().get(platform);
    if (parts == null) {
      throw new RuntimeInstallException(
          Kind.USAGE,
          "there is no package of %s for %s; there are some for %s"
              .formatted(
                  name,
                  platform,
                  String.join(", ", new TreeSet<>(requirement.packages().keySet()))));
    }
    try (ProcessLock _ =
        ProcessLock.acquire(
            folders.lock(name),
            () -> listener.message("another process installs " + name + "; waiting for it"))) {
      removeLeftovers(name);
      Path target = folders.folder(name, requirement.version(), platform);
      Optional<InstalledRuntime> there = whole(target, name);
      if (there.isPresent()) {
        return new Result(there.get(), false);
      }
      if (requirement.licence().accept() && !listener.accepts(requirement)) {
        throw new RuntimeInstallException(
            Kind.USAGE,
            "%s is not installed: its licence (%s) was not accepted"
                .formatted(name, requirement.licence().name()));
      }
      return new Result(install(requirement, platform, parts, archives, listener, target), true);
    } catch (IOException e) {
      throw new RuntimeInstallException("cannot install %s: %s".formatted(name, describe(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RuntimeInstallException("interrupted while installing " + name, e);
    }
  }

  private InstalledRuntime install(
      RuntimeRequirement requirement,
      String platform,
      List<Part> parts,
      List<Path> archives,
      InstallListener listener,
      Path target)
      throws IOException, InterruptedException {
    Map<String, Path> given = byDigest(parts, archives);
    Path work = folders.partial().resolve(requirement.name() + "~" + UUID.randomUUID());
    Path files = Files.createDirectories(work.resolve("files"));
    try {
      Unpacker unpacker = new Unpacker(files, disk);
      List<String> sources = new ArrayList<>();
      for (Part part : parts) {
        PackageFile archive = part.archive();
        Path from = given.get(archive.sha256());
        if (from == null) {
          listener.message("getting " + archive.describe());
          Path folder = Files.createDirectories(work.resolve("archive-" + sources.size()));
          from = download(archive, folder, listener);
          unpacker.unpack(from, part);
          FileTree.delete(folder);
        } else {
          unpacker.unpack(from, part);
        }
        sources.add(archive.describe() + " sha256 " + archive.sha256());
      }
      InstalledRuntime runtime =
          new InstalledRuntime(
              target,
              requirement.name(),
              requirement.version(),
              platform,
              requirement.licence().name(),
              sources,
              Instant.now(),
              unpacker.files());
      AtomicFile.write(files.resolve(RuntimeJson.FILE), RuntimeFolders.json(runtime));
      Files.createDirectories(target.getParent());
      FileTree.delete(target);
      AtomicFile.move(files, target);
      return runtime;
    } finally {
      FileTree.delete(work);
    }
  }

  private Path download(PackageFile archive, Path folder, InstallListener listener)
      throws IOException, InterruptedException {
    if (settings.offline()) {
      throw new FetchException(
          "Gatun is offline; give it the archive of %s (sha256 %s) with --from FILE"
              .formatted(archive.describe(), archive.sha256()));
    }
    FetchListener progress =
        new FetchListener() {
          @Override
          public void message(String text) {
            listener.message(text);
          }

          @Override
          public void progress(long done, long total) {
            listener.progress(archive.describe(), done, total);
          }
        };
    return new Packages(settings).download(archive, folder, OptionalLong.empty(), progress);
  }

  /** Files that the user gave; one that is none of the wanted archives is refused. */
  private static Map<String, Path> byDigest(List<Part> parts, List<Path> archives)
      throws IOException {
    Map<String, Path> given = new LinkedHashMap<>();
    for (Path file : archives) {
      if (!Files.isRegularFile(file)) {
        throw new FetchException("there is no file " + file);
      }
      String sha256 = Digests.of(file);
      if (parts.stream().noneMatch(part -> part.archive().sha256().equals(sha256))) {
        throw new FetchException(
            "%s (sha256 %s) is not what is wanted: %s"
                .formatted(
                    file,
                    sha256,
                    String.join(
                        ", ",
                        parts.stream()
                            .map(Part::archive)
                            .map(archive ->
                                "%s %s, sha256 %s"
                                    .formatted(archive.describe(), archive.tag(), archive.sha256()))
                            .toList())));
      }
      given.put(sha256, file);
    }
    return given;
  }

  private Optional<InstalledRuntime> whole(Path target, String name) {
    return folders.all(name).stream()
        .filter(entry -> entry.folder().equals(target))
        .flatMap(entry -> entry.runtime().stream())
        .filter(runtime -> RuntimeFolders.problem(runtime, true).isEmpty())
        .findFirst();
  }

  /** Partial folders of this runtime; its lock is held, so nobody works in them. */
  private void removeLeftovers(String name) throws IOException {
    for (Path folder : RuntimeFolders.children(folders.partial())) {
      if (folder.getFileName().toString().startsWith(name + "~")) {
        FileTree.delete(folder);
      }
    }
  }

  /**
   * Everything that is installed, whoever needs it.
   *
   * @param digests whether to read all files; else only sizes and times are compared
   */
  public List<InstalledState> installed(boolean digests) {
    List<InstalledState> all = new ArrayList<>();
    for (String name : folders.names()) {
      for (RuntimeFolders.Entry entry : folders.all(name)) {
        Optional<String> problem =
            entry.runtime().isEmpty()
                ? Optional.of(entry.problem())
                : RuntimeFolders.problem(entry.runtime().get(), digests);
        all.add(
            new InstalledState(
                name,
                entry.folder().getParent().getFileName().toString(),
                entry.folder().getFileName().toString(),
                entry.folder(),
                entry.runtime(),
                problem));
      }
    }
    return all;
  }

  /**
   * A folder of an installed runtime.
   *
   * @param runtime empty when its description is damaged
   * @param problem what is wrong with it
   */
  public record InstalledState(
      String name,
      String version,
      String platform,
      Path folder,
      Optional<InstalledRuntime> runtime,
      Optional<String> problem) {}

  /**
   * Removes what is installed of a name.
   *
   * @param platform only this one; empty for all
   * @return what was removed; empty when there was nothing
   */
  public List<InstalledState> remove(String name, Optional<String> platform) {
    try (ProcessLock _ = ProcessLock.acquire(folders.lock(name), () -> {})) {
      List<InstalledState> removed = new ArrayList<>();
      for (InstalledState state : installed(false)) {
        if (state.name().equals(name) && platform.map(state.platform()::equals).orElse(true)) {
          // Without its description a folder counts as nothing, should this process die here.
          Files.deleteIfExists(state.folder().resolve(RuntimeJson.FILE));
          FileTree.delete(state.folder());
          FileTree.deleteIfEmpty(state.folder().getParent());
          removed.add(state);
        }
      }
      FileTree.deleteIfEmpty(folders.root().resolve(name));
      return removed;
    } catch (IOException e) {
      throw new RuntimeInstallException("cannot remove %s: %s".formatted(name, describe(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RuntimeInstallException("interrupted while removing " + name, e);
    }
  }

  private static String describe(IOException e) {
    return e instanceof java.nio.file.AccessDeniedException
        ? "access denied: " + e.getMessage()
        : e.getMessage();
  }
}
