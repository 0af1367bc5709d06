package dev.gatun.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The product's kernels for GPUs as one text: the stand-in driver runs no others. */
final class KernelText {
  private static final Path KERNELS = Path.of("..", "..", "native", "gpu");
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"(.+)\"$");

  private KernelText() {}

  /** A family with the prelude of CUDA. */
  static String of(String family) throws IOException {
    return Files.readString(KERNELS.resolve("include/prelude_cuda.h"))
        + INCLUDE
            .matcher(read(family + ".h"))
            .replaceAll(include -> Matcher.quoteReplacement(read(include.group(1))));
  }

  private static String read(String name) {
    try {
      return Files.readString(KERNELS.resolve("src").resolve(name));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
