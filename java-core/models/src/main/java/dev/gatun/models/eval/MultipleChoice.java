package dev.gatun.models.eval;

import dev.gatun.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Questions with given answers, answered by likelihood as EleutherAI's lm-evaluation-harness does
 * it: the log-likelihood of each choice behind the context and one space, summed over its tokens.
 */
public final class MultipleChoice {
  private static final String DELIMITER = " ";

  private MultipleChoice() {}

  /**
   * A question.
   *
   * @param context what stands before the answer
   * @param choices possible answers, without the space before them
   * @param label index of the right one
   */
  public record Question(String context, List<String> choices, int label) {
    /**
     * @throws IllegalArgumentException when there are less than two choices, one is empty, or the
     *     label is none of them
     */
    public Question {
      choices = List.copyOf(choices);
      if (choices.size() < 2 || choices.contains("")) {
        throw new IllegalArgumentException("a question has at least two choices, none empty");
      }
      if (label < 0 || label >= choices.size()) {
        throw new IllegalArgumentException(
            "the label is %d; choices are counted from 0 to %d"
                .formatted(label, choices.size() - 1));
      }
    }
  }

  /**
   * What a model thinks of a question.
   *
   * @param logLikelihoods of each choice, in nats
   * @param choice the most likely one
   * @param normalized the most likely one by log-likelihood per character
   */
  public record Answer(List<Double> logLikelihoods, int choice, int normalized) {
    public Answer {
      logLikelihoods = List.copyOf(logLikelihoods);
    }
  }

  /**
   * Most tokens that a question takes with its longest choice.
   *
   * @param tokenizer of the model
   */
  public static int tokens(Question question, Tokenizer tokenizer) {
    return question.choices().stream()
        .mapToInt(choice -> Split.of(question.context(), choice, tokenizer).tokens().length)
        .max()
        .orElseThrow();
  }

  /**
   * Asks a model.
   *
   * @param pass a decoder; its rows are logits
   * @param batch most tokens of one batch
   * @throws IllegalArgumentException when nothing stands before the choices, neither text nor a
   *     token that begins every text of the model
   */
  public static Answer ask(ForwardPass pass, Tokenizer tokenizer, Question question, int batch) {
    TokenFeed feed = new TokenFeed(pass, batch);
    List<Double> likelihoods = new ArrayList<>();
    int best = 0;
    int normalized = 0;
    for (int i = 0; i < question.choices().size(); i++) {
      likelihoods.add(
          likelihood(feed, Split.of(question.context(), question.choices().get(i), tokenizer)));
      best = likelihoods.get(i) > likelihoods.get(best) ? i : best;
      normalized =
          perCharacter(question, likelihoods, i) > perCharacter(question, likelihoods, normalized)
              ? i
              : normalized;
    }
    return new Answer(likelihoods, best, normalized);
  }

  private static double perCharacter(Question question, List<Double> likelihoods, int i) {
    String choice = question.choices().get(i);
    return likelihoods.get(i) / choice.codePointCount(0, choice.length());
  }

  private static double likelihood(TokenFeed feed, Split split) {
    int[] tokens = split.tokens();
    double[] sum = {0};
    // Nothing follows the last token.
    feed.run(
        Arrays.copyOf(tokens, tokens.length - 1),
        split.first() - 1,
        (position, logits) ->
            sum[0] += logits[tokens[position + 1]] - Distribution.logSumExp(logits));
    return sum[0];
  }

  /**
   * A text cut into context and choice.
   *
   * @param tokens of both, tokenized as one text
   * @param first index of the choice's first token
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Split(int[] tokens, int first) {
    static Split of(String context, String choice, Tokenizer tokenizer) {
      // Spaces at the end belong to the token that follows.
      String before = context.stripTrailing();
      String after = context.substring(before.length()) + DELIMITER + choice;
      int[] whole = encode(before + after, tokenizer);
      int first = encode(before, tokenizer).length;
      if (first < 1 || first >= whole.length) {
        throw new IllegalArgumentException(
            "nothing stands before the choice '%s', or it is no token of its own behind '%s'"
                .formatted(choice, before));
      }
      return new Split(whole, first);
    }

    private static int[] encode(String text, Tokenizer tokenizer) {
      int[] tokens = tokenizer.encode(text, false, true);
      OptionalInt begin = tokenizer.addsBos() ? tokenizer.special().bos() : OptionalInt.empty();
      if (begin.isEmpty()) {
        return tokens;
      }
      int[] all = new int[tokens.length + 1];
      all[0] = begin.getAsInt();
      System.arraycopy(tokens, 0, all, 1, tokens.length);
      return all;
    }
  }
}
