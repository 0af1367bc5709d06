package dev.gatun.formats.gguf;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.gguf.GgufPart.TensorEntry;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parses and checks the header of one GGUF file, version 2 or 3 (the specification is {@code
 * docs/gguf.md} of ggml). Nothing in the file is believed: counts, lengths, types and offsets are
 * checked before they are used, and memory stays in proportion to the header.
 */
final class HeaderParser {
  static final int MAGIC = 0x46554747; // "GGUF"

  private static final int MAX_KEYS = 1 << 16;
  private static final int MAX_TENSORS = 1 << 18;
  private static final int MAX_NAME = 65535;
  private static final int MAX_DIMS = 4;
  private static final int MAX_DEPTH = 4;
  private static final int MAX_NESTED = 1 << 16;
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final int MAX_ALIGNMENT = 1 << 20;

  private final String file;
  private final MemorySegment data;
  private final int part;
  private final HeaderReader in;
  private int nestedLeft = MAX_NESTED;

  HeaderParser(String file, MemorySegment data, int part) {
    this.file = file;
    this.data = data;
    this.part = part;
    this.in = new HeaderReader(file, data);
  }

  GgufPart parse(Path path, Object fileKey) {
    if (in.i32("the header") != MAGIC) {
      throw new ModelFormatException(file, 0, "is not a GGUF file");
    }
    int version = in.i32("the header");
    checkVersion(version);
    int tensorCount = in.count(25, "the list of tensors");
    int keyCount = in.count(14, "the metadata");
    requireAtMost(tensorCount, MAX_TENSORS, "tensors", 8);
    requireAtMost(keyCount, MAX_KEYS, "metadata entries", 16);

    Map<String, GgufValue> values = new LinkedHashMap<>(2 * keyCount);
    Map<String, GgufMetadata.Range> raw = new HashMap<>(2 * keyCount);
    for (int i = 0; i < keyCount; i++) {
      int start = in.position();
      String key = in.name(MAX_NAME, "a metadata key");
      int from = in.position();
      if (values.put(key, value(key)) != null) {
        throw in.damaged(start, "has the metadata key '" + key + "' twice");
      }
      raw.put(key, new GgufMetadata.Range(from, in.position()));
    }
    int alignment = alignment(values.get("general.alignment"));
    List<TensorEntry> tensors = tensors(tensorCount, alignment);
    GgufMetadata metadata = new GgufMetadata(file, in.bytes(), values, raw);
    return new GgufPart(path, fileKey, data, version, alignment, metadata, tensors);
  }

  private void checkVersion(int version) {
    if (version == 2 || version == 3) {
      return;
    }
    int swapped = Integer.reverseBytes(version);
    if (swapped >= 1 && swapped <= 0xffff) {
      throw new ModelFormatException(
          file,
          4,
          "is a big-endian GGUF file (version "
              + swapped
              + "), which cannot be mapped; convert it with gguf_convert_endian of the gguf"
              + " package, or download the little-endian file");
    }
    if (version == 1) {
      throw new ModelFormatException(
          file, 4, "is of GGUF version 1, which was given up in 2023; convert the model again");
    }
    throw new ModelFormatException(
        file,
        4,
        "is of GGUF version "
            + Integer.toUnsignedString(version)
            + "; versions 2 and 3 are supported: it is damaged, or newer than Gatun");
  }

  private void requireAtMost(int count, int most, String what, int offset) {
    if (count > most) {
      throw in.damaged(offset, "has " + count + " " + what + "; at most " + most + " are accepted");
    }
  }

  private GgufValue value(String key) {
    GgufType type = type(key);
    int at = in.position();
    switch (type) {
      case ARRAY -> {
        return array(key, 1);
      }
      case STRING -> in.skipString(key);
      case BOOL -> {
        if (in.u8(key) > 1) {
          throw in.damaged(at, "the boolean " + key + " is neither 0 nor 1");
        }
      }
      default -> in.skip(type.size(), key);
    }
    return new GgufValue.Single(type, at);
  }

  private GgufType type(String key) {
    int at = in.position();
    int number = in.i32(key);
    GgufType type = GgufType.of(number);
    if (type == null) {
      throw in.damaged(
          at,
          "the metadata key '"
              + key
              + "' has the unknown type "
              + Integer.toUnsignedString(number));
    }
    return type;
  }

  private GgufValue array(String key, int depth) {
    GgufType element = type(key);
    if (element == GgufType.STRING) {
      return strings(key);
    }
    if (element == GgufType.ARRAY) {
      return nested(key, depth);
    }
    int count = in.count(element.size(), key);
    int at = in.position();
    in.skip((long) count * element.size(), key);
    return new GgufValue.Numbers(element, at, count);
  }

  private GgufValue strings(String key) {
    int count = in.count(8, key);
    int[] starts = new int[count + 1];
    for (int i = 0; i < count; i++) {
      starts[i] = in.position();
      in.skipString(key);
    }
    starts[count] = in.position();
    return new GgufValue.Strings(starts);
  }

  private GgufValue nested(String key, int depth) {
    int start = in.position();
    if (depth == MAX_DEPTH) {
      throw in.damaged(start, key + " has arrays nested deeper than " + MAX_DEPTH);
    }
    int count = in.count(12, key);
    nestedLeft -= count;
    if (nestedLeft < 0) {
      throw in.damaged(start, "has more than " + MAX_NESTED + " nested arrays");
    }
    List<GgufValue> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(array(key, depth + 1));
    }
    return new GgufValue.Nested(Collections.unmodifiableList(values));
  }

  private int alignment(GgufValue value) {
    if (value == null) {
      return DEFAULT_ALIGNMENT;
    }
    if (!(value instanceof GgufValue.Single single) || single.type() != GgufType.U32) {
      throw in.damaged(-1, "general.alignment is " + value.describe() + ", not one u32");
    }
    int alignment = in.i32At(single.at());
    if (alignment < 1 || alignment > MAX_ALIGNMENT || Integer.bitCount(alignment) != 1) {
      throw in.damaged(
          single.at(),
          "general.alignment is "
              + Integer.toUnsignedString(alignment)
              + ", not a power of two up to "
              + MAX_ALIGNMENT);
    }
    return alignment;
  }

  private List<TensorEntry> tensors(int count, int alignment) {
    List<TensorInfo> infos = new ArrayList<>(count);
    long[] offsets = new long[count];
    int[] positions = new int[count];
    Set<String> names = new HashSet<>(2 * count);
    for (int i = 0; i < count; i++) {
      positions[i] = in.position();
      String name = in.name(MAX_NAME, "a tensor name");
      if (!names.add(name)) {
        throw in.damaged(positions[i], "has the tensor '" + name + "' twice");
      }
      infos.add(info(name, positions[i]));
      offsets[i] = in.i64(name);
    }
    long start = roundUp(in.position(), alignment);
    List<TensorEntry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(place(infos.get(i), start, offsets[i], alignment, positions[i]));
    }
    refuseOverlaps(entries);
    return Collections.unmodifiableList(entries);
  }

  private TensorInfo info(String name, int position) {
    int rank = in.i32(name);
    if (rank < 0 || rank > MAX_DIMS) {
      throw in.damaged(
          position,
          "tensor '"
              + name
              + "' has "
              + Integer.toUnsignedString(rank)
              + " dimensions; at most "
              + MAX_DIMS
              + " are possible");
    }
    long[] dims = new long[rank];
    for (int i = rank - 1; i >= 0; i--) {
      dims[i] = in.i64(name);
    }
    int number = in.i32(name);
    DType dtype = TensorTypes.of(number);
    if (dtype == null) {
      throw new ModelFormatException(
          file, position, "tensor '" + name + "' is of " + TensorTypes.describeUnknown(number));
    }
    return new TensorInfo(name, dtype, shape(name, dtype, dims, position));
  }

  private Shape shape(String name, DType dtype, long[] dims, int position) {
    Shape shape;
    try {
      shape = Shape.of(dims);
      Math.multiplyExact(shape.elements() / dtype.blockElements(), (long) dtype.blockBytes());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw in.damaged(position, "tensor '" + name + "' has an impossible shape");
    }
    if (shape.rowLength() % dtype.blockElements() != 0) {
      throw in.damaged(
          position,
          "tensor '"
              + name
              + "' has rows of "
              + shape.rowLength()
              + " elements, which are not whole "
              + dtype
              + " blocks of "
              + dtype.blockElements());
    }
    return shape;
  }

  private TensorEntry place(TensorInfo info, long start, long offset, int alignment, int position) {
    if (offset < 0 || offset % alignment != 0) {
      throw in.damaged(
          position,
          "tensor '"
              + info.name()
              + "' has offset "
              + Long.toUnsignedString(offset)
              + ", which is not a multiple of "
              + alignment);
    }
    long size = info.dtype().byteSize(info.shape().elements());
    // In this order no sum can overflow: start fits an int, and the file's size a long.
    if (offset > data.byteSize() - start || size > data.byteSize() - start - offset) {
      throw new ModelFormatException(
          file,
          data.byteSize(),
          "ends before the data of tensor '"
              + info.name()
              + "', "
              + size
              + " bytes from byte "
              + Long.toUnsignedString(start + offset)
              + "; it is incomplete, download it again");
    }
    return new TensorEntry(info, part, start + offset, size);
  }

  private void refuseOverlaps(List<TensorEntry> entries) {
    List<TensorEntry> byOffset = entries;
    for (int i = 1; i < entries.size(); i++) {
      if (entries.get(i).offset() < entries.get(i - 1).offset()) {
        byOffset = new ArrayList<>(entries);
        byOffset.sort(Comparator.comparingLong(TensorEntry::offset));
        break;
      }
    }
    TensorEntry last = null;
    for (TensorEntry entry : byOffset) {
      if (entry.size() == 0) {
        continue;
      }
      if (last != null && entry.offset() - last.offset() < last.size()) {
        throw in.damaged(
            entry.offset(),
            "tensors '" + last.info().name() + "' and '" + entry.info().name() + "' overlap");
      }
      last = entry;
    }
  }

  static long roundUp(long value, int alignment) {
    return (value + alignment - 1) & -alignment;
  }
}
