package dev.gatun.pipelines.onnx;

import dev.gatun.pipelines.Models;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files of a model that consists of several: a folder, what lies beside an ONNX file, or a
 * model of the store.
 *
 * @param name as the user wrote it
 * @param files by file name
 * @param main the ONNX file that the user named; empty when a folder or a stored model was
 */
public record ModelFolder(
    String name, Map<String, Path> files, Optional<Path> main, Optional<String> digest) {
  /** Most file names in a message. */
  private static final int SHOWN = 8;

  /**
   * Finds a model's files; pulls it first when it is not on this machine.
   *
   * @param name a folder, an ONNX file, or a name of the catalogue or the store
   * @throws GatunException of kind MODEL when there is no such model or it cannot be had
   */
  public static ModelFolder locate(GatunRuntime runtime, String name, PullListener listener) {
    return onDisk(name).orElseGet(() -> of(Models.locate(runtime, name, listener)));
  }

  /** The model that a path names: a folder, or an ONNX file with what lies beside it. */
  public static Optional<ModelFolder> onDisk(String name) {
    Path path = Path.of(name);
    if (Files.isDirectory(path)) {
      return Optional.of(new ModelFolder(name, files(path), Optional.empty(), Optional.empty()));
    }
    if (name.endsWith(".onnx") && Files.isRegularFile(path)) {
      return Optional.of(
          new ModelFolder(
              name, files(path.toAbsolutePath().getParent()), Optional.of(path), Optional.empty()));
    }
    return Optional.empty();
  }

  /** The files of a located model: what its name says on the disk, else those of the store. */
  public static ModelFolder of(LocatedModel located) {
    return onDisk(located.name()).orElseGet(() -> stored(located));
  }

  private static ModelFolder stored(LocatedModel located) {
    Map<String, Path> files = new TreeMap<>();
    located.paths().forEach(file -> files.put(file.getFileName().toString(), file));
    return new ModelFolder(located.name(), files, Optional.empty(), located.digest());
  }

  private static Map<String, Path> files(Path folder) {
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> entries = Files.list(folder)) {
      entries
          .filter(Files::isRegularFile)
          .forEach(file -> files.put(file.getFileName().toString(), file));
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "the folder %s cannot be read (%s)".formatted(folder, GatunException.reason(e)),
          e);
    }
    return files;
  }

  /** Whether there is an ONNX file. */
  public boolean hasNetwork() {
    return !networks().isEmpty();
  }

  /** The ONNX file that the user named, else all, by name. */
  public List<Path> networks() {
    return main.map(List::of).orElseGet(() -> matching(file -> file.endsWith(".onnx")));
  }

  /**
   * The ONNX file: the one that the user named, else the first of {@code names} that is there, else
   * the only ONNX file.
   *
   * @throws GatunException of kind MODEL when there is none
   */
  public Path network(String... names) {
    if (main.isPresent()) {
      return main.get();
    }
    for (String each : names) {
      if (files.containsKey(each)) {
        return files.get(each);
      }
    }
    if (networks().size() == 1) {
      return networks().getFirst();
    }
    throw missing(names[0]);
  }

  /**
   * A file.
   *
   * @param names it may have
   * @throws GatunException of kind MODEL when there is none
   */
  public Path file(String... names) {
    return Arrays.stream(names)
        .filter(files::containsKey)
        .map(files::get)
        .findFirst()
        .orElseThrow(() -> missing(names[0]));
  }

  /**
   * The file whose name ends with {@code suffix} and contains one of {@code parts}.
   *
   * @throws GatunException of kind MODEL when there is none, or more than one
   */
  public Path like(String suffix, String... parts) {
    List<Path> found =
        matching(file ->
            file.endsWith(suffix) && Arrays.stream(parts).anyMatch(part -> file.contains(part)));
    if (found.size() != 1) {
      throw missing("*" + parts[0] + "*" + suffix);
    }
    return found.getFirst();
  }

  private List<Path> matching(Predicate<String> wanted) {
    return files.entrySet().stream()
        .filter(entry -> wanted.test(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private GatunException missing(String file) {
    String there = String.join(", ", files.keySet().stream().limit(SHOWN).toList());
    String more = files.size() > SHOWN ? ", and %d more".formatted(files.size() - SHOWN) : "";
    return new GatunException(
        GatunException.Kind.MODEL,
        "the model %s has no file %s; its files are %s%s".formatted(name, file, there, more));
  }
}
