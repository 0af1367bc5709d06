package dev.gatun.quantize.imatrix;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The GGUF form: for each weight the tensors {@code NAME.in_sum2} (sums of squares, one row per
 * matrix) and {@code NAME.counts} (input rows, as floats).
 */
final class GgufMatrix {
  private static final String SUMS = ".in_sum2";
  private static final String COUNTS = ".counts";
  private static final String TYPE = "general.type";
  private static final String DATASETS = "imatrix.datasets";
  private static final String CHUNK_COUNT = "imatrix.chunk_count";
  private static final String CHUNK_SIZE = "imatrix.chunk_size";

  /** Floats count exactly up to here; more cannot come from counting. */
  private static final float MAX_COUNT = 1L << 62;

  private GgufMatrix() {}

  static ImportanceMatrix read(Path path) {
    String file = path.toString();
    try (GgufFile gguf = GgufFile.open(path)) {
      List<String> names = new ArrayList<>();
      for (String tensor : gguf.tensorNames()) {
        if (tensor.endsWith(SUMS)) {
          names.add(tensor.substring(0, tensor.length() - SUMS.length()));
        }
      }
      if (names.isEmpty()) {
        throw new ModelFormatException(
            file,
            -1,
            "is GGUF but no importance matrix: it has no tensor NAME.in_sum2; name a file that"
                + " `gatun imatrix` or llama-imatrix wrote");
      }
      for (String tensor : gguf.tensorNames()) {
        if (tensor.endsWith(COUNTS)
            && gguf.info(tensor.substring(0, tensor.length() - COUNTS.length()) + SUMS).isEmpty()) {
          throw damaged(file, "'" + tensor + "' has no sums beside it");
        }
      }
      Map<String, ImportanceEntry> entries = new TreeMap<>();
      for (String name : names) {
        entries.put(name, entry(gguf, file, name));
      }
      Metadata metadata = gguf.metadata();
      return new ImportanceMatrix(
          entries,
          datasets(metadata, file),
          number(metadata, file, CHUNK_COUNT),
          (int) number(metadata, file, CHUNK_SIZE),
          false);
    }
  }

  private static ImportanceEntry entry(GgufFile gguf, String file, String name) {
    float[] sums = floats(gguf, file, name + SUMS);
    float[] stored = floats(gguf, file, name + COUNTS);
    long[] counts = new long[stored.length];
    for (int i = 0; i < counts.length; i++) {
      if (!(stored[i] >= 0 && stored[i] <= MAX_COUNT)) {
        throw damaged(file, "'" + name + COUNTS + "' has the count " + stored[i]);
      }
      counts[i] = Math.round((double) stored[i]);
    }
    try {
      return ImportanceEntry.of(sums, counts);
    } catch (IllegalArgumentException e) {
      throw damaged(file, "'" + name + "' " + e.getMessage());
    }
  }

  private static float[] floats(GgufFile gguf, String file, String name) {
    Tensor tensor =
        gguf.tensor(name).orElseThrow(() -> damaged(file, "there is no tensor '" + name + "'"));
    if (tensor.dtype() != DType.F32 || tensor.shape().elements() > Integer.MAX_VALUE - 8) {
      throw damaged(
          file,
          "'%s' is %s %s, not F32 of a matrix".formatted(name, tensor.dtype(), tensor.shape()));
    }
    return tensor.toFloats();
  }

  private static List<String> datasets(Metadata metadata, String file) {
    try {
      return metadata.strings(DATASETS).map(List::copyOf).orElse(List.of());
    } catch (IllegalArgumentException e) {
      throw damaged(file, e.getMessage());
    }
  }

  private static long number(Metadata metadata, String file, String key) {
    long value;
    try {
      value = metadata.integer(key).orElse(0L);
    } catch (IllegalArgumentException e) {
      throw damaged(file, e.getMessage());
    }
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw damaged(file, key + " is " + value);
    }
    return value;
  }

  private static ModelFormatException damaged(String file, String what) {
    return new ModelFormatException(
        file, -1, what + "; the importance matrix is damaged, make it again");
  }

  static void write(ImportanceMatrix matrix, Path path) throws IOException {
    GgufWriter out =
        new GgufWriter()
            .string(TYPE, "imatrix")
            .strings(DATASETS, matrix.datasets())
            .uint32(CHUNK_COUNT, matrix.chunkCount())
            .uint32(CHUNK_SIZE, matrix.chunkSize());
    matrix
        .entries()
        .forEach((name, entry) -> {
          tensor(out, name + SUMS, entry.partSize(), entry.parts(), entry.sums());
          float[] counts = new float[entry.parts()];
          for (int i = 0; i < counts.length; i++) {
            counts[i] = entry.count(i);
          }
          tensor(out, name + COUNTS, 1, entry.parts(), counts);
        });
    out.write(path);
  }

  /** ggml writes no outer extents of 1. */
  private static void tensor(GgufWriter out, String name, int columns, int rows, float[] values) {
    Shape shape = rows == 1 ? Shape.of(columns) : Shape.of(rows, columns);
    out.tensor(
        new TensorInfo(name, DType.F32, shape),
        sink -> sink.write(Tensor.ofFloats(shape, values).data()));
  }
}
