package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.quantize.imatrix.ImportanceEntry;
import dev.gatun.quantize.imatrix.ImportanceMatrix;
import dev.gatun.quantize.imatrix.ImportanceMatrixFile;
import dev.gatun.quantize.imatrix.ImportanceStatistics;
import dev.gatun.quantize.imatrix.TensorStatistics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImatrixCommandTest {
  /** Of float sums in different orders; measured: 2.3e-5. */
  private static final double FLOAT_TOLERANCE = 2e-4;

  /** Of eight-bit activations of two kinds, per tensor; measured: 0.013 on cpu, 0.022 on vector. */
  private static final double QUANTIZED_TOLERANCE = 0.04;

  @TempDir Path home;

  private Invocation gatun(String... words) {
    return Invocation.of(home, words);
  }

  private static String golden(String name) {
    return LlamaCppGoldens.folder("imatrix").resolve(name).toString();
  }

  @ParameterizedTest
  @CsvSource({"llama, cpu", "llama-moe, cpu", "qwen3moe, cpu"})
  void sumsAndCountsAreThoseOfLlamaCpp(String model, String backend) throws IOException {
    Invocation.assumeCpu(home);
    Path file = home.resolve("imatrix.gguf");
    Invocation run =
        gatun(
            "imatrix",
            Invocation.archs().resolve(model + ".gguf").toString(),
            LlamaCppGoldens.text(),
            "--ctx=64",
            "--chunks=4",
            "--json",
            "--backend=" + backend,
            "-o",
            file.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(4, run.json().get("chunks").asInt());
    assertTrue(run.json().get("devices").get(0).asText().startsWith(backend));
    ImportanceMatrix expected = ImportanceMatrixFile.read(Path.of(golden(model + ".gguf")));
    ImportanceMatrix actual = ImportanceMatrixFile.read(file);
    assertEquals(expected.entries().keySet(), actual.entries().keySet());
    assertEquals(expected.chunkSize(), actual.chunkSize());
    expected
        .entries()
        .forEach((name, entry) -> {
          ImportanceEntry own = actual.entries().get(name);
          assertArrayEquals(entry.counts(), own.counts(), name);
          assertTrue(distance(entry, own) < FLOAT_TOLERANCE, name);
        });
  }

  private static double distance(ImportanceEntry expected, ImportanceEntry actual) {
    assertEquals(expected.size(), actual.size());
    double noise = 0;
    double signal = 0;
    for (int i = 0; i < expected.size(); i++) {
      noise += Math.pow((double) expected.sum(i) - actual.sum(i), 2);
      signal += Math.pow(expected.sum(i), 2);
    }
    return Math.sqrt(noise / signal);
  }

  @Test
  void smollm2HasTheStatisticsOfLlamaCpp() throws IOException {
    Invocation.assumeCpu(home);
    Path model = LlamaCppGoldens.smollm2();
    Path file = home.resolve("imatrix.gguf");
    Invocation run =
        gatun(
            "imatrix",
            model.toString(),
            LlamaCppGoldens.text(),
            "--ctx=128",
            "--chunks=4",
            "--backend=cpu",
            "-o",
            file.toString());
    assertEquals(0, run.exitCode(), run.err());
    Map<String, TensorStatistics> actual = new HashMap<>();
    for (TensorStatistics line :
        ImportanceStatistics.of(ImportanceMatrixFile.read(file)).tensors()) {
      actual.put(line.layer() + " " + line.kind(), line);
    }
    List<String> lines =
        Files.readAllLines(
            LlamaCppGoldens.folder("smollm2").resolve("imatrix.tsv"), StandardCharsets.UTF_8);
    int compared = 0;
    for (String line : lines) {
      String[] cells = line.split("\t", -1);
      if (cells.length == 13) {
        TensorStatistics own = actual.get(cells[0].strip() + " " + cells[1].strip());
        double sum = Double.parseDouble(cells[2].strip());
        // The table has two decimals.
        assertEquals(sum, own.sum(), QUANTIZED_TOLERANCE * sum + 0.01, line);
        assertEquals(Integer.parseInt(cells[8].strip()), own.elements());
        compared++;
      }
    }
    assertEquals(210, compared);
  }

  @Test
  void filesAreMergedAndConvertedWithoutAModel() throws IOException {
    Path merged = home.resolve("merged.gguf");
    Invocation run =
        gatun(
            "imatrix",
            "--merge",
            golden("llama.gguf") + "," + golden("second.gguf"),
            "--merge",
            golden("llama.dat"),
            "-o",
            merged.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertArrayEquals(
        Files.readAllBytes(Path.of(golden("merged.gguf"))), Files.readAllBytes(merged));
    Path dat = home.resolve("one.dat");
    run = gatun("imatrix", "--merge", golden("llama.gguf"), "--ctx=64", "-o", dat.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertArrayEquals(Files.readAllBytes(Path.of(golden("llama.dat"))), Files.readAllBytes(dat));
  }

  @Test
  void whatIsCollectedIsAddedToWhatIsMerged() throws IOException {
    Path file = home.resolve("both.gguf");
    Invocation run =
        gatun(
            "imatrix",
            Invocation.tinyModel(),
            LlamaCppGoldens.text(),
            "--ctx=64",
            "--chunks=1",
            "--merge",
            golden("llama.gguf"),
            "-o",
            file.toString());
    assertEquals(0, run.exitCode(), run.err());
    ImportanceMatrix matrix = ImportanceMatrixFile.read(file);
    assertEquals(5, matrix.chunkCount());
    assertArrayEquals(new long[] {5 * 64}, matrix.entries().get("blk.0.attn_q.weight").counts());
    assertEquals(List.of("text.txt", LlamaCppGoldens.text()), matrix.datasets());
  }

  @Test
  void aMatrixOfAnotherModelIsRefusedBeforeTheModelRuns() {
    Invocation run =
        gatun(
            "imatrix",
            Invocation.tinyModel(),
            LlamaCppGoldens.text(),
            "--merge",
            golden("qwen3moe.gguf"));
    assertEquals(3, run.exitCode(), run.err());
    assertTrue(run.err().contains("of another model"), run.err());
  }

  @Test
  void theOutputMatrixIsThereOnRequest() throws IOException {
    Path file = home.resolve("output.gguf");
    String model = Invocation.archs().resolve("llama-f16.gguf").toString();
    String[] words = {"imatrix", model, LlamaCppGoldens.text(), "--ctx=64", "--chunks=1", "-o"};
    List<String> plain = new ArrayList<>(List.of(words));
    plain.add(file.toString());
    assertEquals(0, gatun(plain.toArray(String[]::new)).exitCode());
    assertFalse(ImportanceMatrixFile.read(file).entries().containsKey("output.weight"));
    plain.add("--process-output");
    assertEquals(0, gatun(plain.toArray(String[]::new)).exitCode());
    assertTrue(ImportanceMatrixFile.read(file).entries().containsKey("output.weight"));
  }

  @Test
  void statisticsAreShown() throws IOException {
    Invocation run = gatun("imatrix", "--show-statistics", golden("llama-moe.gguf"));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("ffn_down_exps"), run.out());
    JsonNode json =
        gatun("imatrix", "--show-statistics", golden("llama-moe.gguf"), "--json").json();
    assertEquals("gatun.imatrix-statistics/1", json.get("schema").asText());
    assertEquals(16, json.get("tensors").size());
    assertEquals(2, json.get("layers").size());
  }

  @Test
  void badRequestsAreExplained() throws IOException {
    String model = Invocation.tinyModel();
    assertEquals(2, gatun("imatrix").exitCode());
    assertEquals(2, gatun("imatrix", model).exitCode());
    assertEquals(2, gatun("imatrix", model, LlamaCppGoldens.text(), "--ctx=8").exitCode());
    assertEquals(2, gatun("imatrix", model, LlamaCppGoldens.text(), "--format=x").exitCode());
    Path text = Files.writeString(home.resolve("short.txt"), "too short");
    Invocation tooShort = gatun("imatrix", model, text.toString());
    assertEquals(2, tooShort.exitCode());
    assertTrue(tooShort.err().contains("give a longer text"), tooShort.err());
    Invocation encoder =
        gatun(
            "imatrix",
            Invocation.archs().resolve("bert.gguf").toString(),
            LlamaCppGoldens.text(),
            "--ctx=32");
    assertEquals(2, encoder.exitCode());
    assertTrue(encoder.err().contains("encoder"), encoder.err());
    assertEquals(3, gatun("imatrix", "--show-statistics", model).exitCode());
  }
}
