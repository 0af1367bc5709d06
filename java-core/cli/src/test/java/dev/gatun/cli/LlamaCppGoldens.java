package dev.gatun.cli;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.PullListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** What llama.cpp's programs printed and wrote; resources of the module quantize. */
final class LlamaCppGoldens {
  private static final Pattern LINE =
      Pattern.compile("(.+?)\\s*:\\s*(-?[0-9.]+)\\s*%?(?:\\s*±\\s*([0-9.]+))?.*");

  private LlamaCppGoldens() {}

  /** The folder of one area. */
  static Path folder(String area) {
    return Invocation.root()
        .resolve("java-core/quantize/src/test/resources/dev/gatun/quantize")
        .resolve(area);
  }

  /** The text that all of them were made of. */
  static String text() {
    return Invocation.root()
        .resolve("java-core/quantize/src/main/resources/dev/gatun/quantize/validate/text.txt")
        .toString();
  }

  /** Figures of {@code llama-perplexity --kl-divergence} by name; errors under {@code NAME ±}. */
  static Map<String, Double> divergence(Path file) throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        String name = matcher.group(1).strip().replaceAll(" +", " ");
        figures.put(name, Double.parseDouble(matcher.group(2)));
        if (matcher.group(3) != null) {
          figures.put(name + " ±", Double.parseDouble(matcher.group(3)));
        }
      }
    }
    return figures;
  }

  /** SmolLM2's file; the test is skipped, saying so, where it is not stored. */
  static Path smollm2() {
    try (GatunRuntime runtime = GatunRuntime.open()) {
      var stored = runtime.store().find("smollm2");
      Assumptions.assumeTrue(
          stored.isPresent(), "skipped: smollm2 is not stored; scripts/gatun pull smollm2 gets it");
      return runtime.puller().require("smollm2", PullListener.NONE).path();
    }
  }
}
