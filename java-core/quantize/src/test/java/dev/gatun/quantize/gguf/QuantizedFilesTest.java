package dev.gatun.quantize.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.quantize.imatrix.ImportanceEntry;
import dev.gatun.quantize.imatrix.ImportanceMatrix;
import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.mix.TypeMix;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whole files against the bytes of {@code llama-quantize}; {@code make_files.py} recorded them. */
class QuantizedFilesTest {
  private static final int SMOLLM2_LAYERS = 30;
  private static final int SMOLLM2_KEPT = 4;

  @TempDir private static Path folder;

  /** One line: the digest of a file, or that there is none. */
  private record Recorded(String model, FileType type, boolean weighted, String digest) {
    String name() {
      return model + " " + type.title() + (weighted ? " with importances" : "");
    }
  }

  @BeforeAll
  static void makeNoise() throws IOException {
    NoiseModel.write(folder.resolve("noise.gguf"));
  }

  private static List<Recorded> recorded(String model) {
    try (var stream = QuantizedFilesTest.class.getResourceAsStream("files.tsv")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split("\t"))
          .filter(cells -> cells[0].equals(model))
          .map(cells ->
              new Recorded(
                  model, FileType.of(cells[1]).orElseThrow(), cells[2].equals("yes"), cells[3]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> noiseIsWrittenAsLlamaQuantizeDoes() {
    List<Recorded> files = recorded("noise");
    assertTrue(files.size() > 60);
    return files.stream()
        .map(file -> dynamicTest(file.name(), () -> compare(file, folder.resolve("noise.gguf"))));
  }

  @Test
  void smolLm2IsWrittenAsLlamaQuantizeDoes() throws IOException {
    Path source = prunedSmolLm2();
    List<Recorded> files = recorded("smollm2");
    assertTrue(files.size() > 10);
    for (Recorded file : files) {
      compare(file, source);
    }
  }

  private static void compare(Recorded file, Path model) throws IOException {
    Path target = folder.resolve(file.name() + ".gguf");
    try (GgufFile source = GgufFile.open(model)) {
      QuantizeOptions options =
          QuantizeOptions.of(file.type()).withAllowed(false, true).withThreads(2);
      if (file.weighted()) {
        options = options.withImportance(new UsedImportance(importance(source), "importance.gguf"));
      }
      if (file.digest().equals("refused")) {
        QuantizeOptions refused = options;
        assertThrows(
            GatunException.class,
            () -> GgufQuantizer.quantize(source, target, refused, QuantizeListener.NONE));
        return;
      }
      GgufQuantizer.quantize(source, target, options, QuantizeListener.NONE);
      assertEquals(file.digest(), digest(target), file.name());
    } finally {
      Files.deleteIfExists(target);
    }
  }

  /** SmolLM2 decoded to F16, with its first blocks only. */
  private static Path prunedSmolLm2() throws IOException {
    Path target = folder.resolve("f16.gguf");
    try (GatunRuntime runtime = GatunRuntime.builder().offline(true).build()) {
      var located = runtime.puller().locate("smollm2");
      assumeTrue(located.isPresent(), "skipped: smollm2 is not stored; scripts/gatun pull smollm2");
      var pruned =
          IntStream.range(SMOLLM2_KEPT, SMOLLM2_LAYERS)
              .boxed()
              .collect(Collectors.toCollection(TreeSet::new));
      QuantizeOptions options = QuantizeOptions.of(FileType.F16).withAllowed(true, true);
      try (GgufFile source = GgufFile.open(located.get().path())) {
        GgufQuantizer.quantize(source, target, options.withPruned(pruned), QuantizeListener.NONE);
      }
    }
    return target;
  }

  /** The values of the script, for the matrices of the blocks in the order of the file. */
  private static ImportanceMatrix importance(GgufFile model) {
    List<String> matrices =
        model.tensorNames().stream()
            .filter(name -> name.startsWith("blk.") && !name.contains("norm"))
            .toList();
    Map<String, ImportanceEntry> entries = new LinkedHashMap<>();
    for (int index = 0; index < matrices.size(); index++) {
      int columns = (int) model.info(matrices.get(index)).orElseThrow().shape().rowLength();
      float[] values = new float[columns];
      for (int column = 0; column < columns; column++) {
        values[column] = ((index * 31 + column * 17) % 97 + 1) / 16f;
      }
      entries.put(matrices.get(index), ImportanceEntry.of(values, 1));
    }
    return new ImportanceMatrix(entries, List.of("made by make_files.py"), 1, 64, false);
  }

  private static String digest(Path file) throws IOException {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void tensorsAreListedInTheOrderOfLayers() throws IOException {
    try (GgufFile source = GgufFile.open(folder.resolve("noise.gguf"))) {
      QuantizationPlan plan = QuantizationPlan.of(source, QuantizeOptions.of(FileType.Q8_0));
      assertEquals(
          TypeMix.ordered(source.tensorNames()),
          plan.tensors().stream().map(TensorPlan::name).toList());
    }
  }
}
