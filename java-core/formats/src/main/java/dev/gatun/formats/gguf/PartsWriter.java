package dev.gatun.formats.gguf;

import dev.gatun.formats.files.AtomicFile;
import dev.gatun.formats.files.SectionedFile;
import dev.gatun.formats.gguf.GgufWriter.Entry;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Writes the files of a model; they get their names when all of them are complete. */
final class PartsWriter {
  private static final int VERSION = 3;

  private final int alignment;

  PartsWriter(int alignment) {
    this.alignment = alignment;
  }

  void write(List<Path> paths, List<Map<String, byte[]>> headers, List<List<Entry>> tensors)
      throws IOException {
    List<AtomicFile> files = new ArrayList<>();
    try {
      for (int i = 0; i < paths.size(); i++) {
        AtomicFile file = new AtomicFile(paths.get(i));
        files.add(file);
        write(file, headers.get(i), tensors.get(i));
        file.finish();
      }
      for (AtomicFile file : files) {
        file.commit();
      }
    } catch (IOException e) {
      throw unwritable(paths.get(0), e);
    } finally {
      for (AtomicFile file : files) {
        file.close();
      }
    }
  }

  /**
   * Writes one file that a killed process leaves to be continued.
   *
   * @param content tells the data of the tensors apart from others of the same types and shapes
   */
  void writeContinued(Path path, String content, Map<String, byte[]> metadata, List<Entry> tensors)
      throws IOException {
    ByteBuffer header = header(metadata, tensors).toBuffer();
    try (var file = new SectionedFile(path, id(content, header.duplicate()))) {
      if (!file.has(header.remaining())) {
        file.write(header);
        file.endSection();
      }
      for (Entry tensor : tensors) {
        if (file.has(HeaderParser.roundUp(tensor.size(), alignment))) {
          tensor.data().skip();
          continue;
        }
        long start = file.size();
        tensor.data().writeTo(file::write);
        requireWhole(tensor, file.size() - start);
        file.pad(alignment);
        file.endSection();
      }
      file.commit();
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  private static String id(String content, ByteBuffer header) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(header);
      byte[] bytes = digest.digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(bytes, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static IOException unwritable(Path path, IOException e) {
    // The message of a file system's failure is often no more than a path.
    String why = e instanceof FileSystemException ? e.toString() : e.getMessage();
    return new IOException("cannot write " + path + ": " + why, e);
  }

  private static void requireWhole(Entry tensor, long written) {
    if (written != tensor.size()) {
      throw new IllegalStateException(
          "tensor '%s' needs %d bytes, but %d were written"
              .formatted(tensor.info().name(), tensor.size(), written));
    }
  }

  private void write(AtomicFile file, Map<String, byte[]> metadata, List<Entry> tensors)
      throws IOException {
    file.write(header(metadata, tensors).toBuffer());
    for (Entry tensor : tensors) {
      long start = file.size();
      tensor.data().writeTo(file::write);
      requireWhole(tensor, file.size() - start);
      file.pad(alignment);
    }
  }

  HeaderWriter header(Map<String, byte[]> metadata, List<Entry> tensors) {
    HeaderWriter out =
        new HeaderWriter()
            .i32(HeaderParser.MAGIC)
            .i32(VERSION)
            .i64(tensors.size())
            .i64(metadata.size());
    metadata.forEach((key, value) -> out.string(key).bytes(value, 0, value.length));
    long offset = 0;
    for (Entry tensor : tensors) {
      Shape shape = tensor.info().shape();
      out.string(tensor.info().name()).i32(shape.rank());
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        out.i64(shape.dim(axis));
      }
      out.i32(TensorTypes.number(tensor.info().dtype())).i64(offset);
      offset = HeaderParser.roundUp(Math.addExact(offset, tensor.size()), alignment);
    }
    return out.pad(alignment);
  }
}
