package dev.gatun.cli;

import static dev.gatun.cli.Invocation.tinyModel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** `gatun tune`, and what other commands make of it. */
class TuneCommandTest {
  @TempDir Path home;

  private Invocation gatun(String... words) {
    Invocation outcome = Invocation.of(home, words);
    assertEquals(0, outcome.exitCode(), outcome.err());
    return outcome;
  }

  private Path kept() throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("tunings"))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  /** Writes choices where measured ones were. */
  private void keep(String name, String value) throws IOException {
    var json = new ObjectMapper();
    ObjectNode node = (ObjectNode) json.readTree(Files.readAllBytes(kept()));
    node.put("ratio", 1.5).putObject("choices").put(name, value);
    Files.write(kept(), json.writeValueAsBytes(node));
  }

  private static List<String> values(JsonNode tuned, String name) {
    List<String> values = new ArrayList<>();
    for (JsonNode tunable : tuned.path("tunables")) {
      if (tunable.path("name").asText().equals(name)) {
        tunable.path("values").forEach(value -> values.add(value.path("value").asText()));
      }
    }
    return values;
  }

  @Test
  void whatWasTunedIsInForceUntilItIsForgotten() throws IOException {
    String[] backend = {"--backend", "vector"};
    JsonNode tuned = gatun("tune", tinyModel(), "--quick", "--json", backend[0], backend[1]).json();
    assertEquals("gatun.tune/1", tuned.path("schema").asText());
    assertTrue(tuned.path("device").asText().startsWith("vector:"));
    for (JsonNode tunable : tuned.path("tunables")) {
      assertTrue(
          tunable.findValuesAsText("value").contains(tunable.path("standard").asText())
              && tunable.findValuesAsText("value").contains(tunable.path("chosen").asText()),
          tunable.toString());
    }
    keep("block", "64");
    JsonNode explained = gatun("explain", tinyModel(), "--json", backend[0], backend[1]).json();
    assertEquals("64", explained.at("/tuned/0/choices/block").asText());
    Invocation text = gatun("explain", tinyModel(), backend[0], backend[1]);
    assertTrue(text.out().contains("tuned: block 64 (1.50x the default"), text.out());
    JsonNode run =
        gatun("run", tinyModel(), "--raw", "-n", "2", "--json", backend[0], backend[1], "fox")
            .json();
    assertEquals("64", run.at("/plan/tuned/0/choices/block").asText());
    JsonNode bench =
        gatun(
                "bench",
                tinyModel(),
                "-p",
                "8",
                "-n",
                "0",
                "-r",
                "1",
                "--json",
                backend[0],
                backend[1])
            .json();
    assertTrue(bench.path("notes").toString().contains("block 64 (1.50x"), bench.toString());
    assertEquals(64, bench.at("/method/batch").asInt());
    JsonNode off =
        gatun(
                "bench",
                tinyModel(),
                "-p",
                "8",
                "-n",
                "0",
                "-r",
                "1",
                "--json",
                "--no-tune",
                backend[0],
                backend[1])
            .json();
    assertEquals(512, off.at("/method/batch").asInt());
    assertFalse(off.path("notes").toString().contains("block"), off.toString());
    assertTrue(gatun("tune", tinyModel(), "--reset").out().contains("vector:"));
    assertTrue(
        gatun("explain", tinyModel(), "--json", backend[0], backend[1])
            .json()
            .path("tuned")
            .isEmpty());
  }

  @Test
  void aDamagedFileIsSaidAndPassedOver() throws IOException {
    gatun("tune", tinyModel(), "--quick", "--backend", "vector");
    Files.writeString(kept(), "{\"schema\":");
    Invocation run = gatun("run", tinyModel(), "--raw", "-n", "2", "--backend", "vector", "fox");
    assertTrue(run.err().contains("is ignored: it is damaged"), run.err());
  }

  @Test
  void theInstructionSetThatWasChosenRuns() throws IOException {
    Invocation.assumeCpu(home);
    JsonNode tuned = gatun("tune", tinyModel(), "--quick", "--json", "--backend", "cpu").json();
    List<String> sets = values(tuned, "instructions");
    Assumptions.assumeTrue(sets.size() > 1, "skipped: this processor has one instruction set");
    keep("instructions", sets.getFirst());
    JsonNode explained = gatun("explain", tinyModel(), "--json", "--backend", "cpu").json();
    assertTrue(
        explained.path("placement").toString().contains("cpu." + sets.getFirst() + "."),
        explained.path("placement").toString());
    JsonNode fixed =
        gatun(
                "explain",
                tinyModel(),
                "--json",
                "--backend",
                "cpu",
                "--set",
                "gatun.cpu.instructions=" + sets.getLast())
            .json();
    assertTrue(fixed.path("placement").toString().contains("cpu." + sets.getLast() + "."));
    assertTrue(fixed.path("tuned").isEmpty());
  }
}
