package dev.gatun.bench.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.report.BenchReport.ModelLine;
import dev.gatun.bench.report.Row;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaBenchRowsTest {
  private static final List<ModelLine> MODELS = List.of(new ModelLine("mine", "m.gguf", 1, ""));

  @TempDir Path folder;

  private List<Row> read(String text) throws IOException {
    return LlamaBenchRows.read(Files.writeString(folder.resolve("peer.json"), text), MODELS);
  }

  @Test
  void eachSampleIsARoundOfItsTest() throws IOException {
    List<Row> rows =
        read(
            """
            [{"build_commit": "abc", "model_filename": "/models/m.gguf", "n_prompt": 512, "n_gen": 0,
              "n_depth": 0, "avg_ts": 512.0, "samples_ns": [1000000000, 2000000000, 500000000]},
             {"build_commit": "abc", "model_filename": "other.gguf", "n_prompt": 0, "n_gen": 16,
              "n_depth": 4096, "samples_ns": [4000000000]}]
            """);
    assertEquals("mine", rows.getFirst().model());
    assertEquals("pp512", rows.getFirst().test());
    assertEquals(3, rows.getFirst().rounds().size());
    assertEquals(512, rows.getFirst().rate().value());
    assertEquals("other.gguf", rows.getLast().model());
    assertEquals("tg16 @ d4096", rows.getLast().test());
    assertEquals(4, rows.getLast().rate().value());
  }

  @Test
  void whatIsNotOfLlamaBenchIsRefused() {
    for (String text : List.of("", "{}", "[]", "[7]", "[{\"n_prompt\": 5}]", "[{")) {
      GatunException e = assertThrows(GatunException.class, () -> read(text));
      assertEquals(GatunException.Kind.USAGE, e.kind());
      assertTrue(e.getMessage().contains("llama-bench -o json"), e.getMessage());
    }
  }
}
