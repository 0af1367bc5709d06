package dev.gatun.models.eval;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds models, reference outputs and texts. */
public final class EvalData {
  private EvalData() {}

  /** The folder of small models and their outputs. */
  public static Path archs() {
    return resource("/archs/cases.tsv").getParent();
  }

  /** The reference generations of SmolLM2. */
  public static Path recordings() {
    return resource("/goldens/smollm2-f32.tsv");
  }

  /**
   * SmolLM2-135M-Instruct in Q4_1, where the environment variable {@code GATUN_SMOLLM2} says. Skips
   * the test, and says so, where there is none.
   */
  public static Path smolLm2() {
    String file = System.getenv("GATUN_SMOLLM2");
    boolean present = file != null && Files.exists(Path.of(file));
    if (!present) {
      System.out.println("skipped: GATUN_SMOLLM2 names no model, but " + file);
    }
    assumeTrue(present, "no SmolLM2");
    return Path.of(file);
  }

  private static Path resource(String name) {
    URL url = EvalData.class.getResource(name);
    if (url == null) {
      throw new AssertionError("no test resource " + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
