package dev.gatun.formats.safetensors;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.formats.files.AtomicFile;
import dev.gatun.formats.gguf.GgufWriter.TensorData;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes safetensors. Tensors are declared first, then streamed one after the other, so that a
 * model never has to fit in memory. Inside a file they are sorted as the format's own library sorts
 * them (by type, widest first, then by name), so that the same tensors give the same bytes.
 *
 * <p>Files appear under their names only when all are complete and on the disk. Not thread-safe.
 */
public final class SafetensorsWriter {
  /** A tensor to come. */
  private record Entry(TensorInfo info, TensorData data) {
    long size() {
      return info.dtype().byteSize(info.shape().elements());
    }
  }

  private static final Comparator<Entry> ORDER =
      Comparator.comparingInt((Entry entry) -> -SafetensorsTypes.rank(entry.info().dtype()))
          .thenComparing(entry -> entry.info().name());

  private final Map<String, String> metadata = new TreeMap<>();
  private final Map<String, Entry> tensors = new LinkedHashMap<>();

  /** A writer with neither metadata nor tensors. */
  public SafetensorsWriter() {}

  /** Puts a string under {@code __metadata__}, in every file. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /**
   * Declares a tensor whose data is produced later.
   *
   * @throws IllegalArgumentException when the name is taken or the type is not one of the format's
   */
  public SafetensorsWriter tensor(TensorInfo info, TensorData data) {
    if (SafetensorsTypes.rank(info.dtype()) < 0) {
      throw new IllegalArgumentException(
          "tensor '%s': safetensors has no type %s; it has %s"
              .formatted(info.name(), info.dtype(), SafetensorsTypes.names()));
    }
    if (info.name().equals("__metadata__")
        || tensors.put(info.name(), new Entry(info, data)) != null) {
      throw new IllegalArgumentException("the tensor name '" + info.name() + "' is taken");
    }
    return this;
  }

  /** Declares a tensor; its data must stay readable until it is written. */
  public SafetensorsWriter tensor(String name, Tensor tensor) {
    return tensor(
        new TensorInfo(name, tensor.dtype(), tensor.shape()), sink -> sink.write(tensor.data()));
  }

  /**
   * Writes one file, replacing an existing one.
   *
   * @throws IOException when writing fails; nothing is left behind then
   * @throws IllegalStateException when a tensor gives more or fewer bytes than its type and shape
   *     need
   */
  public void write(Path target) throws IOException {
    writeFiles(List.of(target), List.of(new ArrayList<>(tensors.values())), null, null);
  }

  /**
   * Writes the files of a folder: {@code model.safetensors} when all tensors together have at most
   * {@code maxBytes}, else shards of at most that (more where one tensor has more), named {@code
   * model-00001-of-0000N.safetensors}, and their index.
   *
   * @param folder an existing folder
   * @return the files, in order, with the index last
   * @throws IOException as {@link #write}
   * @throws IllegalStateException as {@link #write}
   */
  public List<Path> writeFolder(Path folder, long maxBytes) throws IOException {
    List<List<Entry>> shards = divide(tensors.values(), maxBytes);
    if (shards.size() == 1) {
      Path target = folder.resolve(SafetensorsIndex.SINGLE);
      writeFiles(List.of(target), shards, null, null);
      Files.deleteIfExists(folder.resolve(SafetensorsIndex.INDEX));
      return List.of(target);
    }
    List<Path> paths = new ArrayList<>();
    for (int i = 1; i <= shards.size(); i++) {
      paths.add(folder.resolve("model-%05d-of-%05d.safetensors".formatted(i, shards.size())));
    }
    Path index = folder.resolve(SafetensorsIndex.INDEX);
    writeFiles(paths, shards, index, index(paths, shards));
    paths.add(index);
    return List.copyOf(paths);
  }

  private static List<List<Entry>> divide(Collection<Entry> entries, long maxBytes) {
    List<List<Entry>> shards = new ArrayList<>();
    long size = 0;
    for (Entry entry : entries) {
      if (shards.isEmpty() || (size > 0 && size + entry.size() > maxBytes)) {
        shards.add(new ArrayList<>());
        size = 0;
      }
      shards.getLast().add(entry);
      size += entry.size();
    }
    return shards.isEmpty() ? List.of(new ArrayList<>()) : shards;
  }

  private static byte[] index(List<Path> paths, List<List<Entry>> shards) throws IOException {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Map<String, String> files = new TreeMap<>();
    long total = 0;
    for (int i = 0; i < shards.size(); i++) {
      for (Entry entry : shards.get(i)) {
        files.put(entry.info().name(), paths.get(i).getFileName().toString());
        total += entry.size();
      }
    }
    ObjectNode root = mapper.createObjectNode();
    root.putObject("metadata").put("total_size", total);
    ObjectNode map = root.putObject("weight_map");
    files.forEach(map::put);
    return mapper.writeValueAsBytes(root);
  }

  private void writeFiles(List<Path> paths, List<List<Entry>> shards, Path index, byte[] indexBytes)
      throws IOException {
    List<AtomicFile> files = new ArrayList<>();
    try {
      for (int i = 0; i < paths.size(); i++) {
        AtomicFile file = new AtomicFile(paths.get(i));
        files.add(file);
        List<Entry> sorted = new ArrayList<>(shards.get(i));
        sorted.sort(ORDER);
        write(file, sorted);
        file.finish();
      }
      if (index != null) {
        AtomicFile file = new AtomicFile(index);
        files.add(file);
        file.write(ByteBuffer.wrap(indexBytes));
        file.finish();
      }
      for (AtomicFile file : files) {
        file.commit();
      }
    } catch (IOException e) {
      // The message of a file system's failure is often no more than a path.
      String why = e instanceof FileSystemException ? e.toString() : e.getMessage();
      throw new IOException("cannot write " + paths.getFirst() + ": " + why, e);
    } finally {
      for (AtomicFile file : files) {
        file.close();
      }
    }
  }

  private void write(AtomicFile file, List<Entry> entries) throws IOException {
    file.write(header(entries));
    for (Entry entry : entries) {
      long start = file.size();
      entry.data().writeTo(file::write);
      if (file.size() - start != entry.size()) {
        throw new IllegalStateException(
            "tensor '%s' needs %d bytes, but %d were written"
                .formatted(entry.info().name(), entry.size(), file.size() - start));
      }
    }
  }

  private ByteBuffer header(List<Entry> entries) throws IOException {
    JsonMapper mapper = new JsonMapper();
    ObjectNode root = mapper.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode strings = root.putObject("__metadata__");
      metadata.forEach(strings::put);
    }
    long at = 0;
    for (Entry entry : entries) {
      ObjectNode node = root.putObject(entry.info().name());
      node.put("dtype", entry.info().dtype().name());
      ArrayNode shape = node.putArray("shape");
      for (long dim : entry.info().shape().toArray()) {
        shape.add(dim);
      }
      node.putArray("data_offsets").add(at).add(Math.addExact(at, entry.size()));
      at = Math.addExact(at, entry.size());
    }
    byte[] json = mapper.writeValueAsBytes(root);
    int padded = (json.length + 7) / 8 * 8;
    ByteBuffer out = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(padded).put(json);
    while (out.hasRemaining()) {
      out.put((byte) ' ');
    }
    return out.flip();
  }
}
