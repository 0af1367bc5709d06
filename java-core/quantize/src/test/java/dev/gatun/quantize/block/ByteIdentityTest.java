package dev.gatun.quantize.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every type, with and without an importance, against llama.cpp's own blocks. The tables of the
 * README are what comes out: with the property {@code gatun.quantize.matrix} they are written.
 */
class ByteIdentityTest {
  private static final Path README = Path.of("README.md");

  /** Rows in which llama.cpp ends the process, and we refuse: their squares overflow. */
  private static final Set<DType> REFUSED =
      EnumSet.of(DType.IQ3_XXS, DType.IQ3_S, DType.IQ2_XS, DType.IQ2_S);

  @Test
  void madeRows() throws IOException {
    var goldens = new GoldenBlocks(System.getProperty("gatun.quantize.goldens", "goldens.tsv"));
    Map<String, float[]> made = new HashMap<>();
    for (Rows.Kind kind : Rows.Kind.values()) {
      String name = kind.toString().toLowerCase(Locale.ROOT).replace('_', '-');
      made.put(name, Rows.values(kind, goldens.rows(), goldens.columns()));
    }
    List<GoldenBlocks.Outcome> outcomes = goldens.compare(made::get);
    assertEquals(List.of(), different(outcomes));
    Set<DType> refused =
        outcomes.stream()
            .filter(GoldenBlocks.Outcome::refused)
            .peek(outcome -> assertEquals("overflow", outcome.line().rows()))
            .map(outcome -> outcome.line().dtype())
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(DType.class)));
    assertEquals(REFUSED, refused);
    table("made rows", outcomes);
  }

  @Test
  void rowsOfModels() throws IOException {
    var goldens = new GoldenBlocks("real.tsv");
    Map<String, float[]> rows = new HashMap<>();
    try (GatunRuntime runtime = GatunRuntime.builder().offline(true).build()) {
      var minilm = runtime.puller().locate("minilm");
      var smollm2 = runtime.puller().locate("smollm2");
      assumeTrue(
          minilm.isPresent() && smollm2.isPresent(),
          "skipped: models are not stored; scripts/gatun pull minilm smollm2");
      int count = goldens.rows() * goldens.columns();
      try (OnnxFile file = OnnxFile.open(minilm.get().path())) {
        Tensor tensor = file.model().graph().initializers().get("onnx::MatMul_896").tensor();
        rows.put("minilm", first(tensor, count));
      }
      try (GgufFile file = GgufFile.open(smollm2.get().path())) {
        rows.put("smollm2", first(file.tensor("blk.3.ffn_down.weight").orElseThrow(), count));
      }
    }
    List<GoldenBlocks.Outcome> outcomes = goldens.compare(rows::get);
    assertEquals(List.of(), different(outcomes));
    table("rows of models", outcomes);
  }

  private static float[] first(Tensor tensor, int count) {
    float[] values = new float[count];
    BlockFormat.of(tensor.dtype()).decode(tensor.data(), 0, values, 0, count);
    return values;
  }

  private static List<String> different(List<GoldenBlocks.Outcome> outcomes) {
    assertTrue(outcomes.size() > 90);
    return outcomes.stream()
        .filter(outcome -> !outcome.same())
        .map(outcome -> outcome.line().toString())
        .toList();
  }

  /** One line per type, one column per importance: how many kinds of rows are identical. */
  private static void table(String name, List<GoldenBlocks.Outcome> outcomes) throws IOException {
    Set<Rows.Importance> importances = new TreeSet<>();
    Map<DType, List<GoldenBlocks.Outcome>> byType = new LinkedHashMap<>();
    for (GoldenBlocks.Outcome outcome : outcomes) {
      importances.add(outcome.line().importance());
      byType.computeIfAbsent(outcome.line().dtype(), type -> new ArrayList<>()).add(outcome);
    }
    StringBuilder table = new StringBuilder("| type |");
    importances.forEach(kind -> table.append(" %s |".formatted(kind.title())));
    table.append("\n|---|").append("---|".repeat(importances.size())).append('\n');
    byType.forEach((type, all) -> {
      table.append("| ").append(type).append(" |");
      importances.forEach(kind -> table.append(" %s |".formatted(cell(kind, all))));
      table.append('\n');
    });
    compare("<!-- " + name + " -->\n", table.toString());
  }

  private static String cell(Rows.Importance kind, List<GoldenBlocks.Outcome> all) {
    var of = all.stream().filter(outcome -> outcome.line().importance() == kind).toList();
    long same = of.stream().filter(outcome -> outcome.same() && !outcome.refused()).count();
    long refused = of.stream().filter(GoldenBlocks.Outcome::refused).count();
    if (of.isEmpty()) {
      return kind == Rows.Importance.NONE ? "needs one" : "–";
    }
    return same + " of " + (of.size() - refused) + (refused > 0 ? ", refused " + refused : "");
  }

  private static void compare(String marker, String table) throws IOException {
    String text = Files.readString(README);
    int from = text.indexOf(marker) + marker.length();
    int to = text.indexOf("\n\n", from) + 1;
    if (Boolean.getBoolean("gatun.quantize.matrix")) {
      Files.writeString(README, text.substring(0, from) + table + text.substring(to));
      return;
    }
    if (System.getProperty("gatun.quantize.goldens") == null) {
      assertEquals(table, text.substring(from, to), "write it with -Dgatun.quantize.matrix=true");
    }
  }
}
