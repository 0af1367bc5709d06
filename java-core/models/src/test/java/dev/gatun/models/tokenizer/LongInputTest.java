package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Long and concurrent input. With quadratic work these would take hours; the limits are generous.
 */
class LongInputTest {
  @ParameterizedTest
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  @CsvSource({
    "gpt-2,a",
    "gpt-2,' '",
    "gpt-2,中",
    "llama-spm,a",
    "llama-spm,' '",
    "llama-spm,ab ",
    "gemma-4-small,a",
    "gemma-4-small,' '",
    "xlm-roberta-small,a",
    "bert-bge,a",
    "bert-bge,é"
  })
  void oneMegabyteOfOneThing(String name, String unit) {
    Tokenizer tokenizer = Vocabularies.tokenizer(name);
    String text = unit.repeat(1_000_000 / unit.length());
    int[] tokens = tokenizer.encode(text, false, false);
    if (!name.startsWith("bert") && !name.startsWith("xlm")) {
      assertEquals(text, tokenizer.decode(tokens));
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void manySpecialTokens() {
    Tokenizer tokenizer = Vocabularies.tokenizer("refact");
    int[] tokens = tokenizer.encode("<fim_prefix>x<fim_suffix>".repeat(40_000), false, true);
    assertEquals(120_000, tokens.length);
  }

  @Test
  void manyThreadsShareATokenizer() throws Exception {
    Tokenizer tokenizer = Vocabularies.tokenizer("smollm2");
    String[] texts = Vocabularies.texts("texts.json");
    int[][] expected = Vocabularies.as(Vocabularies.golden("smollm2").get("texts"), int[][].class);
    List<Callable<int[][]>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      tasks.add(() ->
          Arrays.stream(texts)
              .map(text -> tokenizer.encode(text, false, false))
              .toArray(int[][]::new));
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      for (Future<int[][]> result : pool.invokeAll(tasks)) {
        assertArrayEquals(expected, result.get());
      }
    }
  }
}
