package dev.gatun.models.sampling;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * The token sequences at which a repetition ends, for {@link DryOptions}. Immutable.
 *
 * @param sequences token ids in the order of the text, none empty; duplicates do no harm
 */
public record SequenceBreakers(List<List<Integer>> sequences) {
  /** The texts that llama.cpp takes for breakers when nothing is said. */
  public static final List<String> DEFAULT_TEXTS = List.of("\n", ":", "\"", "*");

  /** Longer breakers are cut; llama.cpp's limits. */
  private static final int MAX_CHARS = 40;

  private static final int MAX_TAIL = 20;

  /** Repetitions run across everything. */
  public static final SequenceBreakers NONE = new SequenceBreakers(List.of());

  /**
   * @throws GatunException of kind {@code USAGE} when a sequence is empty
   */
  public SequenceBreakers {
    sequences = sequences.stream().map(List::copyOf).toList();
    if (sequences.contains(List.<Integer>of())) {
      throw new GatunException(Kind.USAGE, "sampling: a DRY sequence breaker has no tokens");
    }
  }

  /**
   * The breakers that texts stand for: every token that contains a text; and every token that ends
   * with the beginning of one, followed by the tokens of its rest. Goes through the whole
   * vocabulary once per text.
   *
   * @param texts empty ones are left out, longer ones cut to 40 characters
   * @param vocabularySize how many tokens there are
   * @param tokenText text of a token, special ones included
   * @param tokenize tokens of a text, without special ones
   */
  public static SequenceBreakers of(
      List<String> texts,
      int vocabularySize,
      IntFunction<String> tokenText,
      Function<String, int[]> tokenize) {
    Set<List<Integer>> found = new LinkedHashSet<>();
    for (String text : texts) {
      String breaker = text.substring(0, Math.min(text.length(), MAX_CHARS));
      for (int token = 0; token < vocabularySize && !breaker.isEmpty(); token++) {
        String word = tokenText.apply(token);
        if (word.contains(breaker)) {
          found.add(List.of(token));
        } else {
          addOverlaps(token, word, breaker, tokenize, found);
        }
      }
    }
    return new SequenceBreakers(List.copyOf(found));
  }

  private static void addOverlaps(
      int token,
      String word,
      String breaker,
      Function<String, int[]> tokenize,
      Set<List<Integer>> found) {
    for (int at = Math.max(0, word.length() - breaker.length() + 1); at < word.length(); at++) {
      if (word.startsWith(breaker.substring(0, word.length() - at), at)) {
        List<Integer> sequence = new ArrayList<>();
        sequence.add(token);
        int[] tail = tokenize.apply(breaker.substring(word.length() - at));
        for (int i = 0; i < Math.min(tail.length, MAX_TAIL); i++) {
          sequence.add(tail[i]);
        }
        found.add(sequence);
      }
    }
  }
}
