package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.models.eval.ReferenceOutputs;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.NodeProfile;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.store.LocatedModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Which kernels `cpu` runs each small model with, by name and op, compared with a committed list:
 * one that silently falls to another set's kernels, or to scalar ones, fails here. The names of
 * instruction sets and widths are left out.
 */
class KernelNamesTest {
  private static final String LIST = "kernels/cpu.txt";

  @Test
  void theKernelsOfEachArchitectureAreThoseOfTheList() throws IOException {
    try (GatunRuntime runtime = GatunRuntime.builder().offline(true).threads(1).build()) {
      Assumptions.assumeTrue(
          runtime.backend("cpu").able(), () -> "skipped: " + runtime.backend("cpu").reason());
      Assumptions.assumeTrue(
          runtime.backend("vector").able(), () -> "skipped: " + runtime.backend("vector").reason());
      Map<String, String> lines = new TreeMap<>();
      for (ReferenceOutputs reference : ReferenceOutputs.read(Checkout.architectures())) {
        String file = reference.model().getFileName().toString();
        if (!lines.containsKey(file)) {
          lines.put(file, file + "\n" + kernels(runtime, reference));
        }
      }
      String actual = String.join("\n", lines.values());
      Path written =
          Files.writeString(Path.of("target", "kernels-cpu.txt").toAbsolutePath(), actual);
      try (InputStream expected = KernelNamesTest.class.getResourceAsStream(LIST)) {
        assertEquals(
            new String(expected.readAllBytes(), StandardCharsets.UTF_8),
            actual,
            "if each change is meant, copy " + written + " over the resource " + LIST);
      }
    }
  }

  /** Two lines or more: op, then the kernels of its steps. */
  private static String kernels(GatunRuntime runtime, ReferenceOutputs reference) {
    LoadOptions options =
        LoadOptions.DEFAULT
            .withPolicy(Policy.require("cpu"))
            .withContext(reference.contextLength())
            .withRows(8)
            .withProfile(true)
            .withTuned(false);
    Map<String, TreeSet<String>> units = new TreeMap<>();
    try (var model = LanguageModel.load(runtime, LocatedModel.file(reference.model()), options);
        Session session = model.newSession()) {
      int[] tokens = Arrays.copyOf(reference.sequences().getFirst(), 8);
      int[] positions = {0, 1, 2, 3, 4, 5, 6, 7};
      new SessionPass(model, session).run(tokens, positions, new int[8], new int[] {7});
      for (NodeProfile line : session.profile()) {
        units.computeIfAbsent(line.op(), _ -> new TreeSet<>()).add(name(line.unit()));
      }
    }
    var text = new StringBuilder();
    units.forEach((op, names) ->
        text.append("  ").append(op).append(": ").append(String.join(" ", names)).append('\n'));
    return text.toString();
  }

  /**
   * {@code cpu.avx512vnni.q4_k} is {@code cpu.q4_k}, {@code vector512.iq4_nl} {@code
   * vector.iq4_nl}.
   */
  private static String name(String unit) {
    return unit.replaceFirst("^cpu\\.[a-z0-9]+", "cpu").replaceFirst("^vector[0-9]+", "vector");
  }
}
