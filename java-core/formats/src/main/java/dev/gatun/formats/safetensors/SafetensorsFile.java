package dev.gatun.formats.safetensors;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.safetensors.SafetensorsPart.Entry;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The tensors of a model in safetensors: one file, or a folder with {@code model.safetensors} or
 * with {@code model.safetensors.index.json} and its shards. The files are mapped, not read; only
 * headers are copied.
 *
 * <p>Thread-safe. Names, types and shapes stay usable after {@link #close()}, tensors do not.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final String name;
  private final Arena arena;
  private final List<SafetensorsPart> parts;
  private final Map<String, Place> tensors;

  private record Place(SafetensorsPart part, Entry entry) {}

  private SafetensorsFile(
      String name, Arena arena, List<SafetensorsPart> parts, Map<String, Place> tensors) {
    this.name = name;
    this.arena = arena;
    this.parts = parts;
    this.tensors = tensors;
  }

  /** Whether a folder holds a model in this format. */
  public static boolean isModelFolder(Path folder) {
    return Files.isDirectory(folder) && !SafetensorsIndex.files(folder).isEmpty();
  }

  /**
   * Opens a file, or the model of a folder.
   *
   * @throws ModelFormatException when a file is missing, unreadable, damaged, of another format or
   *     has a tensor of a type that we do not have, or when an index and its shards disagree
   */
  public static SafetensorsFile open(Path path) {
    List<Path> files = Files.isDirectory(path) ? SafetensorsIndex.files(path) : List.of(path);
    if (files.isEmpty()) {
      throw new ModelFormatException(
          path.toString(),
          -1,
          "is a folder without model.safetensors and without model.safetensors.index.json; download"
              + " the model's .safetensors files into it");
    }
    Arena arena = Arena.ofShared();
    try {
      List<SafetensorsPart> parts = new ArrayList<>();
      Map<String, Place> tensors = new LinkedHashMap<>();
      for (Path file : files) {
        SafetensorsPart part = SafetensorsPart.open(file, arena);
        parts.add(part);
        for (Entry entry : part.tensors()) {
          Place other = tensors.put(entry.info().name(), new Place(part, entry));
          if (other != null) {
            throw new ModelFormatException(
                file.toString(),
                -1,
                "has the tensor '%s', which %s has too"
                    .formatted(entry.info().name(), other.part().path()));
          }
        }
      }
      if (Files.isDirectory(path)) {
        SafetensorsIndex.check(path, tensors.keySet());
      }
      return new SafetensorsFile(path.toString(), arena, parts, tensors);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** What messages call the model: its path. */
  public String name() {
    return name;
  }

  /** The files, in order. */
  public List<Path> paths() {
    List<Path> paths = new ArrayList<>();
    parts.forEach(part -> paths.add(part.path()));
    return Collections.unmodifiableList(paths);
  }

  /** Bytes of all files together. */
  public long fileSize() {
    long size = 0;
    for (SafetensorsPart part : parts) {
      size += part.data().byteSize();
    }
    return size;
  }

  /** The strings under {@code __metadata__} of the first file. */
  public Map<String, String> metadata() {
    return parts.getFirst().metadata();
  }

  /** Names of all tensors, in the order of the files and their headers. */
  public Set<String> tensorNames() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** Names of the tensors of each file, in the order of {@link #paths()}. */
  public List<Set<String>> namesByFile() {
    List<Set<String>> names = new ArrayList<>();
    for (SafetensorsPart part : parts) {
      Set<String> own = new LinkedHashSet<>();
      part.tensors().forEach(entry -> own.add(entry.info().name()));
      names.add(Collections.unmodifiableSet(own));
    }
    return Collections.unmodifiableList(names);
  }

  /** Type and shape of a tensor, outermost dimension first. */
  public Optional<TensorInfo> info(String tensor) {
    return Optional.ofNullable(tensors.get(tensor)).map(place -> place.entry().info());
  }

  /** A read-only view of a tensor's data; dies with {@link #close()}. */
  public Optional<Tensor> tensor(String tensor) {
    return Optional.ofNullable(tensors.get(tensor))
        .map(place ->
            view(
                place.entry(),
                place.part().data().asSlice(place.entry().offset(), place.entry().size())));
  }

  /**
   * Calls {@code action} with a view of a tensor that is valid only during the call, over a mapping
   * of its own, so that data read once does not stay resident.
   *
   * @throws IllegalArgumentException when there is no such tensor
   * @throws IllegalStateException when the file is closed
   */
  public void withTensor(String tensor, Consumer<Tensor> action) {
    Place place = tensors.get(tensor);
    if (place == null) {
      throw new IllegalArgumentException("no tensor '" + tensor + "' in " + name);
    }
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException(name + " is closed");
    }
    Entry entry = place.entry();
    try (Arena temporary = Arena.ofShared()) {
      MemorySegment data =
          entry.size() == 0
              ? MemorySegment.NULL
              : place.part().remap(entry.offset(), entry.size(), temporary);
      action.accept(view(entry, data));
    }
  }

  private static Tensor view(Entry entry, MemorySegment data) {
    return new Tensor(entry.info().dtype(), entry.info().shape(), data);
  }

  /** Unmaps the files. Idempotent. */
  @Override
  public synchronized void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
