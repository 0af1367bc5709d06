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
    URL url = EvalData.class.getResource("/archs/cases.tsv");
    if (url == null) {
      throw new AssertionError("no test resource archs/cases.tsv");
    }
    try {
      return Path.of(url.toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * A path in the data that developers share beside the repository ({@code ../shared/data}, or
   * {@code $GATUN_SHARED/data}). Skips the test, and says so, where there is none.
   */
  public static Path shared(String name) {
    Path path = sharedRoot().resolve("data").resolve(name);
    boolean present = Files.exists(path);
    if (!present) {
      System.out.println("skipped: no " + path);
    }
    assumeTrue(present, "no " + path);
    return path;
  }

  private static Path sharedRoot() {
    String override = System.getenv("GATUN_SHARED");
    if (override != null) {
      return Path.of(override);
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      if (Files.isDirectory(folder.resolve("scripts"))
          && Files.isRegularFile(folder.resolve("pom.xml"))) {
        return folder.resolveSibling("shared");
      }
      folder = folder.getParent();
    }
    return Path.of("shared");
  }
}
