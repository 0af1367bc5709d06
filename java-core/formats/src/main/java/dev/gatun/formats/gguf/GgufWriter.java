package dev.gatun.formats.gguf;

import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes GGUF version 3. Metadata and tensors are declared first, then {@link #write} streams the
 * data tensor by tensor, so that a model never has to fit in memory. Metadata keeps the order in
 * which its keys were first put; tensors keep theirs.
 *
 * <p>A file appears under its name only when it is complete and on the disk. Not thread-safe.
 */
public final class GgufWriter {
  /** Longest tensor name in bytes that llama.cpp reads. */
  private static final int MAX_TENSOR_NAME = 63;

  private static final String ALIGNMENT = "general.alignment";

  /** Produces the data of one tensor when it is its turn. */
  public interface TensorData {
    /**
     * Hands the data to {@code sink}, in one piece or several, in order.
     *
     * @throws IOException when reading or writing fails; the whole write then fails
     */
    void writeTo(Sink sink) throws IOException;

    /** Called instead of {@link #writeTo} for data that an earlier, killed process has written. */
    default void skip() {}
  }

  /** Takes the bytes of a tensor. */
  public interface Sink {
    /** Appends bytes; the segment may be reused afterwards. */
    void write(MemorySegment bytes) throws IOException;
  }

  /** A tensor to come. */
  record Entry(TensorInfo info, TensorData data) {
    long size() {
      return info.dtype().byteSize(info.shape().elements());
    }
  }

  // The type number and the value, as they stand in the file after the key.
  private final Map<String, byte[]> metadata = new LinkedHashMap<>();
  private final Map<String, Entry> tensors = new LinkedHashMap<>();
  private int alignment = 32;

  /** A writer with neither metadata nor tensors. */
  public GgufWriter() {}

  /** Puts a string. */
  public GgufWriter string(String key, String value) {
    return put(key, typed(GgufType.STRING).string(value));
  }

  /** Puts a boolean. */
  public GgufWriter bool(String key, boolean value) {
    return put(key, typed(GgufType.BOOL).number(value ? 1 : 0, 1));
  }

  /** Puts a u32, the usual type of counts and sizes. */
  public GgufWriter uint32(String key, long value) {
    return integer(key, GgufType.U32, value);
  }

  /** Puts an f32. */
  public GgufWriter float32(String key, float value) {
    return floating(key, GgufType.F32, value);
  }

  /**
   * Puts an integer. A u64 takes the 64 bits as they are.
   *
   * @throws IllegalArgumentException when the type is no integer type or cannot hold the value
   */
  public GgufWriter integer(String key, GgufType type, long value) {
    checkRange(key, type, value);
    return put(key, typed(type).number(value, type.size()));
  }

  /**
   * Puts a floating-point number, rounded to the type.
   *
   * @throws IllegalArgumentException when the type is neither f32 nor f64
   */
  public GgufWriter floating(String key, GgufType type, double value) {
    return put(key, typed(type).number(bits(key, type, value), type.size()));
  }

  /** Puts an array of strings. */
  public GgufWriter strings(String key, List<String> values) {
    HeaderWriter out = typed(GgufType.ARRAY).i32(GgufType.STRING.number()).i64(values.size());
    values.forEach(out::string);
    return put(key, out);
  }

  /** Puts an array of booleans. */
  public GgufWriter bools(String key, boolean... values) {
    HeaderWriter out = typed(GgufType.ARRAY).i32(GgufType.BOOL.number()).i64(values.length);
    for (boolean value : values) {
      out.number(value ? 1 : 0, 1);
    }
    return put(key, out);
  }

  /**
   * Puts an array of integers.
   *
   * @throws IllegalArgumentException as {@link #integer}
   */
  public GgufWriter integers(String key, GgufType type, long... values) {
    HeaderWriter out = typed(GgufType.ARRAY).i32(type.number()).i64(values.length);
    for (long value : values) {
      checkRange(key, type, value);
      out.number(value, type.size());
    }
    return put(key, out);
  }

  /**
   * Puts an array of floating-point numbers.
   *
   * @throws IllegalArgumentException as {@link #floating}
   */
  public GgufWriter floats(String key, GgufType type, double... values) {
    HeaderWriter out = typed(GgufType.ARRAY).i32(type.number()).i64(values.length);
    for (double value : values) {
      out.number(bits(key, type, value), type.size());
    }
    return put(key, out);
  }

  /** Puts all metadata of another file, types included, but not the keys that split a model. */
  public GgufWriter metadata(GgufFile source) {
    GgufMetadata from = (GgufMetadata) source.metadata();
    for (String key : from.keys()) {
      if (key.equals(ALIGNMENT)) {
        alignment(source.alignment());
      } else if (!key.startsWith("split.")) {
        metadata.put(key, from.raw(key));
      }
    }
    return this;
  }

  /** Removes a key, if it is there. */
  public GgufWriter remove(String key) {
    metadata.remove(key);
    if (key.equals(ALIGNMENT)) {
      alignment = 32;
    }
    return this;
  }

  /**
   * Puts {@code general.alignment}: each tensor begins at a multiple of this many bytes. Without
   * it, the alignment is 32.
   *
   * @throws IllegalArgumentException when it is not a power of two from 1 to 2^20
   */
  public GgufWriter alignment(int bytes) {
    if (bytes < 1 || bytes > 1 << 20 || Integer.bitCount(bytes) != 1) {
      throw new IllegalArgumentException(
          "the alignment must be a power of two from 1 to 2^20, not " + bytes);
    }
    alignment = bytes;
    return put(ALIGNMENT, typed(GgufType.U32).i32(bytes));
  }

  /**
   * Declares a tensor whose data is produced later.
   *
   * @throws IllegalArgumentException when the name is taken, empty or longer than 63 bytes, when
   *     there are more than four dimensions, or when GGUF does not have the type
   */
  public GgufWriter tensor(TensorInfo info, TensorData data) {
    int length = info.name().getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > MAX_TENSOR_NAME) {
      throw new IllegalArgumentException(
          "the tensor name '" + info.name() + "' must have 1 to " + MAX_TENSOR_NAME + " bytes");
    }
    if (info.shape().rank() > 4) {
      throw new IllegalArgumentException(
          "tensor '" + info.name() + "' has more than four dimensions: " + info.shape());
    }
    if (TensorTypes.number(info.dtype()) < 0) {
      throw new IllegalArgumentException(
          "tensor '" + info.name() + "': GGUF has no type " + info.dtype());
    }
    if (tensors.containsKey(info.name())) {
      throw new IllegalArgumentException("tensor '" + info.name() + "' is declared twice");
    }
    tensors.put(info.name(), new Entry(info, data));
    return this;
  }

  /**
   * Declares all tensors of another file, which must stay open until they are written. Each is
   * mapped when it is its turn.
   */
  public GgufWriter tensors(GgufFile source) {
    for (String name : source.tensorNames()) {
      TensorInfo info = source.info(name).orElseThrow();
      long rows = info.shape().elements() / info.shape().rowLength();
      tensor(
          info,
          sink -> {
            try (Arena arena = Arena.ofShared()) {
              sink.write(source.rows(name, 0, rows, arena).data());
            }
          });
    }
    return this;
  }

  /** Declares a tensor; its data must stay readable until it is written. */
  public GgufWriter tensor(String name, Tensor tensor) {
    return tensor(
        new TensorInfo(name, tensor.dtype(), tensor.shape()), sink -> sink.write(tensor.data()));
  }

  /** The metadata as a reader of the file will see them. */
  public Metadata toMetadata() {
    byte[] header = new PartsWriter(alignment).header(metadata, List.of()).toByteArray();
    MemorySegment data = MemorySegment.ofArray(header).asReadOnly();
    return new HeaderParser("metadata", data, 0).parse(Path.of("metadata"), null).metadata();
  }

  /**
   * Writes one file, replacing an existing one.
   *
   * @throws IOException when writing fails; nothing is left behind then
   * @throws IllegalStateException when a tensor gives more or fewer bytes than its type and shape
   *     need
   */
  public void write(Path target) throws IOException {
    List<Entry> all = List.copyOf(tensors.values());
    new PartsWriter(alignment).write(List.of(target), List.of(metadata), List.of(all));
  }

  /**
   * Writes one file, going on where a killed process stopped that wrote the same: same metadata,
   * tensors and {@code content}. An exception leaves nothing to go on with.
   *
   * @param content tells the data of the tensors apart from others of the same types and shapes
   * @throws IOException as {@link #write}
   * @throws IllegalStateException as {@link #write}
   */
  public void writeContinued(Path target, String content) throws IOException {
    new PartsWriter(alignment)
        .writeContinued(target, content, metadata, List.copyOf(tensors.values()));
  }

  /**
   * Writes a model split as {@code gguf-split} does: files of at most {@code maxBytes} of tensor
   * data each (more where one tensor has more), named {@code NAME-00001-of-0000N.gguf} beside
   * {@code target}, which ends with {@code .gguf}. The names appear when all files are complete.
   *
   * @return the files, in order
   * @throws IOException as {@link #write}
   * @throws IllegalStateException as {@link #write}
   * @throws IllegalArgumentException when {@code target} does not end with {@code .gguf} or {@code
   *     maxBytes} is not positive
   */
  public List<Path> writeSplit(Path target, long maxBytes) throws IOException {
    String name = target.getFileName().toString();
    if (!name.endsWith(".gguf") || maxBytes <= 0) {
      throw new IllegalArgumentException(
          "cannot split to '" + name + "' with at most " + maxBytes + " bytes a file");
    }
    return writeParts(target, GgufSplit.divide(tensors.values(), maxBytes, alignment));
  }

  /**
   * Writes a model split as it is told: the first tensors into the first file, and so on; else as
   * {@link #writeSplit(Path, long)}.
   *
   * @param counts tensors of each file; together all of them
   * @return the files, in order
   * @throws IOException as {@link #write}
   * @throws IllegalArgumentException when {@code target} does not end with {@code .gguf} or the
   *     counts are not those of all tensors
   */
  public List<Path> writeSplit(Path target, List<Integer> counts) throws IOException {
    int sum = counts.stream().mapToInt(Integer::intValue).sum();
    if (!target.getFileName().toString().endsWith(".gguf") || sum != tensors.size()) {
      throw new IllegalArgumentException(
          "cannot split %d tensors to '%s' as %s".formatted(tensors.size(), target, counts));
    }
    List<Entry> all = List.copyOf(tensors.values());
    List<List<Entry>> parts = new ArrayList<>();
    int from = 0;
    for (int count : counts) {
      parts.add(all.subList(from, from + count));
      from += count;
    }
    return writeParts(target, parts);
  }

  private List<Path> writeParts(Path target, List<List<Entry>> parts) throws IOException {
    String name = target.getFileName().toString();
    String base = name.substring(0, name.length() - ".gguf".length());
    List<Path> paths = new ArrayList<>();
    List<Map<String, byte[]>> headers = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      paths.add(target.resolveSibling(base + GgufSplit.suffix(i, parts.size())));
      Map<String, byte[]> header = new LinkedHashMap<>();
      if (i == 0) {
        header.putAll(metadata);
      } else if (metadata.containsKey(ALIGNMENT)) {
        header.put(ALIGNMENT, metadata.get(ALIGNMENT));
      }
      header.put(GgufSplit.NUMBER, typed(GgufType.U16).number(i, 2).toByteArray());
      header.put(GgufSplit.COUNT, typed(GgufType.U16).number(parts.size(), 2).toByteArray());
      header.put(GgufSplit.TENSORS, typed(GgufType.I32).i32(tensors.size()).toByteArray());
      headers.add(header);
    }
    new PartsWriter(alignment).write(paths, headers, parts);
    return paths;
  }

  private GgufWriter put(String key, HeaderWriter value) {
    int length = key.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > 65535) {
      throw new IllegalArgumentException("a metadata key must have 1 to 65535 bytes");
    }
    metadata.put(key, value.toByteArray());
    return this;
  }

  private static HeaderWriter typed(GgufType type) {
    return new HeaderWriter().i32(type.number());
  }

  private static void checkRange(String key, GgufType type, long value) {
    if (!type.isInteger()) {
      throw new IllegalArgumentException(
          "metadata '" + key + "': " + type + " is not an integer type");
    }
    if (type.size() == 8) {
      return;
    }
    boolean signed = type == GgufType.I8 || type == GgufType.I16 || type == GgufType.I32;
    long values = 1L << (8 * type.size());
    long least = signed ? -values / 2 : 0;
    if (value < least || value >= least + values) {
      throw new IllegalArgumentException(
          "metadata '" + key + "': " + value + " does not fit " + type);
    }
  }

  private static long bits(String key, GgufType type, double value) {
    return switch (type) {
      case F32 -> Float.floatToRawIntBits((float) value);
      case F64 -> Double.doubleToRawLongBits(value);
      default ->
          throw new IllegalArgumentException(
              "metadata '" + key + "': " + type + " is not a floating-point type");
    };
  }
}
