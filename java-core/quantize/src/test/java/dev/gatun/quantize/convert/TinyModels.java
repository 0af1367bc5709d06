package dev.gatun.quantize.convert;

import dev.gatun.formats.safetensors.SafetensorsWriter;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** The small models of the test resources; weights follow from the tensors' names. */
final class TinyModels {
  private TinyModels() {}

  static Path root() {
    try {
      return Path.of(TinyModels.class.getResource("make_goldens.py").toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static List<String> names() {
    try (Stream<Path> files = Files.list(root())) {
      return files
          .filter(file -> Files.isRegularFile(file.resolve("config.json")))
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies a model, with weights, into a folder of its name. */
  static Path make(String name, Path parent) throws IOException {
    return make(root().resolve(name), parent, "model.safetensors");
  }

  /** Copies a folder with its tensors.tsv, whose tensors are written to a file beside it. */
  static Path make(Path source, Path parent, String tensors) throws IOException {
    Path folder = parent.resolve(source.getFileName());
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path target = folder.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    for (String line : Files.readAllLines(source.resolve("tensors.tsv"))) {
      String[] fields = line.split("\t", -1);
      Shape shape =
          Shape.of(Arrays.stream(fields[2].split(",", -1)).mapToLong(Long::parseLong).toArray());
      writer.tensor(fields[0], encode(DType.valueOf(fields[1]), shape, weights(fields[0], shape)));
    }
    writer.write(folder.resolve(tensors));
    return folder;
  }

  static Tensor encode(DType type, Shape shape, float... values) {
    byte[] bytes = new byte[(int) type.byteSize(values.length)];
    BlockFormat.of(type).encode(values, 0, bytes, 0, values.length);
    return new Tensor(type, shape, MemorySegment.ofArray(bytes));
  }

  /** Twin of {@code weights} in make_goldens.py. */
  static float[] weights(String name, Shape shape) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      int hash = (int) (crc.getValue() + i * 2654435761L);
      hash ^= hash >>> 15;
      hash *= (int) 2246822519L;
      hash ^= hash >>> 13;
      values[i] = ((hash >>> 8) - (1 << 23)) / (float) (1 << 24);
    }
    return values;
  }
}
