package dev.gatun.quantize.imatrix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.quantize.imatrix.ImportanceStatistics.Layer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportanceStatisticsTest {
  @TempDir Path folder;

  /** Each number as llama-imatrix prints it, within one unit of its last digit. */
  @ParameterizedTest
  @ValueSource(strings = {"llama.gguf", "llama-moe.gguf", "qwen3moe.dat"})
  void numbersAreThoseOfLlamaCpp(String name) throws IOException {
    ImportanceStatistics statistics = ImportanceStatistics.of(Goldens.read(folder, name));
    List<String[]> lines =
        new String(Goldens.bytes(name + ".tsv"), StandardCharsets.UTF_8)
            .lines()
            .map(line ->
                Arrays.stream(line.split("\t", -1)).map(String::strip).toArray(String[]::new))
            .toList();
    List<String[]> tensors = lines.stream().filter(l -> l.length == 13 && isNumber(l[0])).toList();
    List<String[]> layers = lines.stream().filter(l -> l.length == 4 && isNumber(l[0])).toList();
    assertEquals(tensors.size(), statistics.tensors().size());
    for (int i = 0; i < tensors.size(); i++) {
      compare(tensors.get(i), statistics.tensors().get(i));
    }
    assertEquals(layers.size(), statistics.layers().size());
    for (int i = 0; i < layers.size(); i++) {
      String[] expected = layers.get(i);
      Layer actual = statistics.layers().get(i);
      assertEquals(expected[0], Integer.toString(actual.layer()));
      same(expected[1], actual.sum(), "sum");
      same(expected[2], 100 * actual.outliers(), "outliers");
      same(expected[3], actual.similarity(), "similarity");
    }
  }

  private static void compare(String[] expected, TensorStatistics actual) {
    assertEquals(expected[0], Integer.toString(actual.layer()));
    assertEquals(expected[1], actual.kind());
    same(expected[2], actual.sum(), "sum");
    same(expected[3], actual.min(), "min");
    same(expected[4], actual.max(), "max");
    same(expected[5], actual.mean(), "mean");
    same(expected[6], actual.deviation(), "deviation");
    same(expected[7], 100 * actual.active(), "active");
    same(expected[8], actual.elements(), "elements");
    same(expected[9], actual.entropy(), "entropy");
    same(expected[10], 100 * actual.evenness(), "evenness");
    same(expected[11], 100 * actual.outliers(), "outliers");
    same(expected[12], actual.similarity(), "similarity");
  }

  private static boolean isNumber(String text) {
    return text.matches("\\d+");
  }

  private static void same(String expected, double actual, String what) {
    String number = expected.replace("%", "");
    int point = number.indexOf('.');
    double unit = point < 0 ? 0 : Math.pow(10, point - number.length() + 1);
    assertEquals(Double.parseDouble(number), actual, unit, what);
  }

  @Test
  void whatSawNoInputHasNoStatistics() {
    ImportanceMatrix matrix =
        new ImportanceMatrix(
            Map.of(
                "blk.0.a.weight", ImportanceEntry.of(new float[] {0, 0}, 0),
                "blk.0.b.weight", ImportanceEntry.of(new float[] {0, 0, 2, 6}, 0, 2)),
            List.of(),
            1,
            2,
            false);
    List<TensorStatistics> tensors = ImportanceStatistics.of(matrix).tensors();
    assertEquals(1, tensors.size());
    assertEquals(2, tensors.getFirst().elements());
    assertEquals(4, tensors.getFirst().sum());
  }
}
