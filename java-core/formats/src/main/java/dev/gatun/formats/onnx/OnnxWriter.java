package dev.gatun.formats.onnx;

import dev.gatun.formats.files.AtomicFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes an {@link OnnxModel}: to memory, to one file, or to a file with its tensors in a second
 * one beside it (ONNX's external data), which a model of more than 2 GB needs. Files appear under
 * their names only when they are complete.
 */
public final class OnnxWriter {
  /** What a protocol buffer can hold, less room for the structure. */
  private static final long MOST_INSIDE = Integer.MAX_VALUE - (64L << 20);

  /** Tensors beside the file start at multiples of this, so that they can be mapped. */
  private static final int ALIGNMENT = 4096;

  /** Smaller tensors stay in the file: shapes and scalars, which loaders look at. */
  private static final long SMALLEST_OUTSIDE = 1024;

  private OnnxWriter() {}

  /**
   * The model's bytes, allocated from {@code arena}.
   *
   * @throws IllegalArgumentException when they are more than the 2 GB that a protocol buffer holds
   */
  public static MemorySegment toMemory(OnnxModel model, Arena arena) {
    WireMessage message = new MessageWriter(MessageWriter::inside).model(model);
    if (message.byteSize() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the model takes %d bytes, more than fit one message; write it to a file"
              .formatted(message.byteSize()));
    }
    MemorySegment bytes = arena.allocate(message.byteSize(), 64);
    long at = 0;
    for (OnnxContent piece : message.pieces()) {
      piece.write(bytes.asSlice(at, piece.byteSize()));
      at += piece.byteSize();
    }
    return bytes;
  }

  /** Bytes that a model takes, all tensors included. */
  public static long byteSize(OnnxModel model) {
    return new MessageWriter(MessageWriter::inside).model(model).byteSize();
  }

  /** Writes one file, or two ({@code NAME.data} beside it) when one cannot hold the model. */
  public static void toFile(OnnxModel model, Path path) throws IOException {
    WireMessage message = new MessageWriter(MessageWriter::inside).model(model);
    if (message.byteSize() > MOST_INSIDE) {
      toFiles(model, path);
      return;
    }
    try (AtomicFile file = new AtomicFile(path)) {
      write(message, file);
      file.finish();
      file.commit();
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static IOException failed(Path path, IOException e) {
    return new IOException("cannot write " + path + ": " + e.getMessage(), e);
  }

  /** Writes the structure to {@code path} and the tensors to {@code NAME.data} beside it. */
  public static void toFiles(OnnxModel model, Path path) throws IOException {
    Path data = path.resolveSibling(path.getFileName() + ".data");
    try (AtomicFile file = new AtomicFile(path);
        AtomicFile tensors = new AtomicFile(data)) {
      var outside = new Outside(data.getFileName().toString());
      write(new MessageWriter(outside).model(model), file);
      for (OnnxContent content : outside.contents) {
        write(content, tensors);
        tensors.pad(ALIGNMENT);
      }
      tensors.finish();
      file.finish();
      // A reader never sees the structure without its tensors.
      tensors.commit();
      file.commit();
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static void write(WireMessage message, AtomicFile file) throws IOException {
    for (OnnxContent piece : message.pieces()) {
      write(piece, file);
    }
  }

  private static void write(OnnxContent content, AtomicFile file) throws IOException {
    if (content instanceof OnnxContent.Stored(MemorySegment data)) {
      file.write(data);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scratch = arena.allocate(Math.max(1, content.byteSize()), 64);
      scratch = scratch.asSlice(0, content.byteSize());
      content.write(scratch);
      file.write(scratch);
    }
  }

  /** Large tensors one after another in another file. */
  private static final class Outside implements MessageWriter.TensorPlace {
    private final String location;
    private final List<OnnxContent> contents = new java.util.ArrayList<>();
    private long end;

    Outside(String location) {
      this.location = location;
    }

    @Override
    public void put(WireMessage message, OnnxTensor tensor) {
      long size = tensor.content().byteSize();
      if (size < SMALLEST_OUTSIDE) {
        MessageWriter.inside(message, tensor);
        return;
      }
      message
          .message(13, MessageWriter.entry("location", location))
          .message(13, MessageWriter.entry("offset", Long.toString(end)))
          .message(13, MessageWriter.entry("length", Long.toString(size)))
          .number(14, 1);
      contents.add(tensor.content());
      end = (end + size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
  }
}
