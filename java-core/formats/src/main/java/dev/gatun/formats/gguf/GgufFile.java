package dev.gatun.formats.gguf;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.gguf.GgufPart.TensorEntry;
import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A model in GGUF, version 2 or 3, in one file or split into several. The files are mapped, not
 * read; only the header is copied.
 *
 * <p>Thread-safe. Metadata stays usable after {@link #close()}, tensors do not.
 */
public final class GgufFile implements ModelSource {
  private final String name;
  private final Arena arena;
  private final List<GgufPart> parts;
  private final Map<String, TensorEntry> tensors;

  private GgufFile(
      String name, Arena arena, List<GgufPart> parts, Map<String, TensorEntry> tensors) {
    this.name = name;
    this.arena = arena;
    this.parts = parts;
    this.tensors = tensors;
  }

  /**
   * Opens a model. Of a split model any part may be given; the others are looked for beside it
   * under the names that {@code gguf-split} gives them, {@code NAME-00001-of-00003.gguf}.
   *
   * @throws ModelFormatException when the file or one of its parts is missing, unreadable, damaged
   *     or not GGUF
   */
  public static GgufFile open(Path path) {
    return open(path, path.getFileName().toString());
  }

  /** {@link #open(Path)} under another name than the file's. */
  public static GgufFile open(Path path, String name) {
    Arena arena = Arena.ofShared();
    try {
      GgufPart part = GgufPart.open(path, 0, arena);
      if (GgufSplit.count(part) <= 1) {
        return of(name, arena, List.of(part));
      }
      List<Path> paths = GgufSplit.siblings(part);
      return of(name, arena, openParts(paths, arena));
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Opens a split model whose parts may have any names, as in a store that names files by digest.
   *
   * @param paths all parts, in order
   * @param name what the model is called
   * @throws ModelFormatException when one is missing, unreadable, damaged, not GGUF, or not that
   *     part
   * @throws IllegalArgumentException when there are no parts
   */
  public static GgufFile openParts(List<Path> paths, String name) {
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one file");
    }
    Arena arena = Arena.ofShared();
    try {
      return of(name, arena, openParts(paths, arena));
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static List<GgufPart> openParts(List<Path> paths, Arena arena) {
    List<GgufPart> parts = new ArrayList<>(paths.size());
    for (Path path : paths) {
      parts.add(GgufPart.open(path, parts.size(), arena));
    }
    GgufSplit.check(parts);
    return Collections.unmodifiableList(parts);
  }

  private static GgufFile of(String name, Arena arena, List<GgufPart> parts) {
    Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    for (GgufPart part : parts) {
      for (TensorEntry entry : part.tensors()) {
        TensorEntry other = tensors.put(entry.info().name(), entry);
        if (other != null) {
          throw new ModelFormatException(
              part.path().toString(),
              -1,
              "has the tensor '"
                  + entry.info().name()
                  + "', which "
                  + parts.get(other.part()).path()
                  + " has too; download the parts again");
        }
      }
    }
    return new GgufFile(name, arena, parts, tensors);
  }

  @Override
  public String name() {
    return name;
  }

  /** The files, in order; one unless the model is split. */
  public List<Path> paths() {
    List<Path> paths = new ArrayList<>();
    for (GgufPart part : parts) {
      paths.add(part.path());
    }
    return Collections.unmodifiableList(paths);
  }

  /**
   * Tensors of each file, in order.
   *
   * @return one number for each of {@link #paths}
   */
  public List<Integer> tensorCounts() {
    return parts.stream().map(part -> part.tensors().size()).toList();
  }

  /** Bytes of all files together. */
  public long fileSize() {
    long size = 0;
    for (GgufPart part : parts) {
      size += part.data().byteSize();
    }
    return size;
  }

  /** Version of the format: 2 or 3. */
  public int version() {
    return parts.get(0).version();
  }

  /** Bytes that each tensor's place in the file is a multiple of. */
  public int alignment() {
    return parts.get(0).alignment();
  }

  @Override
  public Metadata metadata() {
    return parts.get(0).metadata();
  }

  @Override
  public Set<String> tensorNames() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public Optional<TensorInfo> info(String tensor) {
    TensorEntry entry = tensors.get(tensor);
    return entry == null ? Optional.empty() : Optional.of(entry.info());
  }

  @Override
  public Optional<Tensor> tensor(String tensor) {
    TensorEntry entry = tensors.get(tensor);
    if (entry == null) {
      return Optional.empty();
    }
    MemorySegment data = parts.get(entry.part()).data().asSlice(entry.offset(), entry.size());
    return Optional.of(view(entry, data));
  }

  @Override
  public void withTensor(String tensor, Consumer<Tensor> action) {
    TensorEntry entry = require(tensor);
    try (Arena temporary = Arena.ofShared()) {
      GgufPart part = parts.get(entry.part());
      action.accept(view(entry, part.remap(entry.offset(), entry.size(), temporary)));
    }
  }

  @Override
  public Tensor rows(String tensor, long first, long count, Arena arena) {
    TensorEntry entry = require(tensor);
    Shape shape = entry.info().shape();
    long rowBytes = entry.info().dtype().byteSize(shape.rowLength());
    Objects.checkFromIndexSize(first, count, rowBytes == 0 ? 0 : entry.size() / rowBytes);
    long offset = entry.offset() + first * rowBytes;
    MemorySegment data = parts.get(entry.part()).remap(offset, count * rowBytes, arena);
    return new Tensor(entry.info().dtype(), Shape.of(count, shape.rowLength()), data);
  }

  private TensorEntry require(String tensor) {
    TensorEntry entry = tensors.get(tensor);
    if (entry == null) {
      throw new IllegalArgumentException("no tensor '" + tensor + "' in " + name);
    }
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException(name + " is closed");
    }
    return entry;
  }

  private static Tensor view(TensorEntry entry, MemorySegment data) {
    return new Tensor(entry.info().dtype(), entry.info().shape(), data);
  }

  @Override
  public synchronized void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
