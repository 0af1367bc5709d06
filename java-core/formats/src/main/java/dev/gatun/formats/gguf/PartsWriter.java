package dev.gatun.formats.gguf;

import dev.gatun.formats.files.AtomicFile;
import dev.gatun.formats.gguf.GgufWriter.Entry;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
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
      // The message of a file system's failure is often no more than a path.
      String why = e instanceof FileSystemException ? e.toString() : e.getMessage();
      throw new IOException("cannot write " + paths.get(0) + ": " + why, e);
    } finally {
      for (AtomicFile file : files) {
        file.close();
      }
    }
  }

  private void write(AtomicFile file, Map<String, byte[]> metadata, List<Entry> tensors)
      throws IOException {
    file.write(header(metadata, tensors).toBuffer());
    for (Entry tensor : tensors) {
      long start = file.size();
      tensor.data().writeTo(file::write);
      if (file.size() - start != tensor.size()) {
        throw new IllegalStateException(
            "tensor '"
                + tensor.info().name()
                + "' needs "
                + tensor.size()
                + " bytes, but "
                + (file.size() - start)
                + " were written");
      }
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
