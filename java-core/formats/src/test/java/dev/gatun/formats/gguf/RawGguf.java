package dev.gatun.formats.gguf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Builds GGUF files field by field, with whatever lies a test wants. */
final class RawGguf {
  private final List<byte[]> keys = new ArrayList<>();
  private final List<byte[]> tensors = new ArrayList<>();
  private long magic = HeaderParser.MAGIC;
  private long version = 3;
  private long extraKeys;
  private long extraTensors;
  private int dataBytes;

  /** A part of a split model. */
  static RawGguf part(int number, int count, int tensors) {
    return new RawGguf()
        .key(GgufSplit.NUMBER, GgufType.U16, out -> out.number(number, 2))
        .key(GgufSplit.COUNT, GgufType.U16, out -> out.number(count, 2))
        .key(GgufSplit.TENSORS, GgufType.I32, out -> out.i32(tensors));
  }

  RawGguf magic(long value) {
    magic = value;
    return this;
  }

  RawGguf version(long value) {
    version = value;
    return this;
  }

  /** Adds to the number of keys that the header gives. */
  RawGguf extraKeys(long value) {
    extraKeys = value;
    return this;
  }

  /** Adds to the number of tensors that the header gives. */
  RawGguf extraTensors(long value) {
    extraTensors = value;
    return this;
  }

  RawGguf key(String name, GgufType type, Consumer<HeaderWriter> value) {
    HeaderWriter out = new HeaderWriter().string(name).i32(type.number());
    value.accept(out);
    keys.add(out.toByteArray());
    return this;
  }

  RawGguf raw(Consumer<HeaderWriter> entry) {
    HeaderWriter out = new HeaderWriter();
    entry.accept(out);
    keys.add(out.toByteArray());
    return this;
  }

  /** An F32 tensor of eight elements behind the ones before. */
  RawGguf tensor(String name) {
    return tensor(name, 0, dataBytes, 8);
  }

  /** Dimensions innermost first, as in the file. */
  RawGguf tensor(String name, int type, long offset, long... dims) {
    HeaderWriter out = new HeaderWriter().string(name).i32(dims.length);
    for (long dim : dims) {
      out.i64(dim);
    }
    tensors.add(out.i32(type).i64(offset).toByteArray());
    dataBytes += 32;
    return this;
  }

  RawGguf rawTensor(Consumer<HeaderWriter> entry) {
    HeaderWriter out = new HeaderWriter();
    entry.accept(out);
    tensors.add(out.toByteArray());
    return this;
  }

  byte[] bytes() {
    HeaderWriter out =
        new HeaderWriter()
            .i32(magic)
            .i32(version)
            .i64(tensors.size() + extraTensors)
            .i64(keys.size() + extraKeys);
    keys.forEach(bytes -> out.bytes(bytes, 0, bytes.length));
    tensors.forEach(bytes -> out.bytes(bytes, 0, bytes.length));
    out.pad(32);
    return out.bytes(new byte[dataBytes], 0, dataBytes).toByteArray();
  }

  Path write(Path path) throws IOException {
    return Files.write(path, bytes());
  }
}
