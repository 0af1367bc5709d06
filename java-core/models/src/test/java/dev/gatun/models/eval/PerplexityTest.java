package dev.gatun.models.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.arch.Architectures;
import dev.gatun.models.arch.BuildOptions;
import dev.gatun.tensor.DType;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * Perplexities of a short text under two of the small models, from {@code llama-perplexity -c 32 -b
 * 32 --chunks N -ctk f32 -ctv f32 -fa off} (llama.cpp in PyPI llama-cpp-python 0.3.36), which
 * prints four decimals and the running value of each window.
 */
class PerplexityTest {
  private static final int WINDOW = 32;

  /** Begins with the token 1, which this model puts before every text. */
  private static final int[] LLAMA = {
    1, 348, 68, 348, 359, 353, 372, 357, 348, 360, 367, 364, 322, 293, 353, 355, 363, 262, 267, 353,
    372, 272, 267, 301, 289, 261, 269, 301, 368, 297, 361, 371, 279, 380, 348, 383, 260, 273, 367,
    355, 363, 348, 363, 357, 357, 368, 272, 296, 368, 324, 348, 266, 267, 260, 366, 293, 367, 372,
    360, 269, 361, 356, 279, 310, 273, 357, 374, 357, 364, 379, 268, 262, 269, 301, 368, 348, 359,
    367, 279, 286, 380, 13, 383, 260, 284, 310, 259, 360, 284, 357, 296, 358, 262, 365, 286, 262,
    267, 353
  };

  private static final int[] QWEN2 = {
    65, 32, 103, 296, 101, 277, 111, 108, 100, 115, 290, 97, 99, 107, 259, 263, 296, 269, 263, 104,
    105, 287, 258, 267, 104, 105, 112, 293, 105, 115, 273, 46, 32, 84, 104, 101, 270, 111, 99, 107,
    32, 107, 101, 101, 112, 269, 292, 112, 272, 115, 265, 116, 263, 104, 272, 290, 111, 256, 267,
    105, 100, 273, 311, 270, 101, 118, 101, 108, 44, 264, 259, 267, 104, 105, 112, 32, 103, 111,
    273, 284, 46, 10, 84, 104, 269, 101, 311, 32, 256, 283, 101, 292, 102, 259, 109, 284, 259, 263
  };

  @Test
  void windowsThatBeginWithTheFirstToken() {
    check("llama", LLAMA, OptionalInt.of(1), 3201.6130, 4917.0765, 3742.8986, 895.86288);
  }

  @Test
  void windowsAsTheyAre() {
    check("qwen2", QWEN2, OptionalInt.empty(), 3272.1639, 4333.6602, 6087.4408, 2349.75253);
  }

  private static void check(
      String name,
      int[] tokens,
      OptionalInt first,
      double one,
      double two,
      double three,
      double uncertainty) {
    try (ModelSource source = ModelFiles.open(EvalData.archs().resolve(name + ".gguf"))) {
      var model = Architectures.build(source, BuildOptions.defaults().withStateType(DType.F32));
      var pass = new InterpreterPass(model);
      double[] expected = {one, two, three};
      for (int windows = 1; windows <= expected.length; windows++) {
        Perplexity result = Perplexity.of(pass, tokens, WINDOW, windows, first, 20);
        assertEquals((long) windows * (WINDOW / 2 - 1), result.tokens());
        assertEquals(1, result.value() / expected[windows - 1], 2e-5);
      }
      Perplexity all = Perplexity.of(pass, tokens, WINDOW, 9, first, WINDOW);
      assertEquals(3, all.windows());
      assertEquals(1, all.uncertainty() / uncertainty, 2e-5);
    }
  }
}
