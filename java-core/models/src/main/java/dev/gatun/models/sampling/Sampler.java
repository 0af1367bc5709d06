package dev.gatun.models.sampling;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses tokens for one sequence. It remembers what has been said, the random numbers and the
 * state of Mirostat, so each sequence needs its own; one thread at a time. After the first call and
 * once its windows of recent tokens are full, it allocates nothing.
 *
 * <p>The order, llama.cpp's: logit bias, penalties (repetition, then frequency and presence), DRY,
 * top-k, typical, top-p, min-p, temperature, a random choice. Each truncation works on the
 * probabilities of what the one before has left, at temperature 1. With Mirostat: logit bias,
 * temperature, Mirostat, which chooses; the rest has no effect. Temperature 0 takes the best token
 * where the temperature would apply; since no truncation but the typical one can remove the best
 * token, the others are skipped. Among equal logits the lower token id is the better one.
 *
 * <p>With the same options, the same seed, and the same tokens and logits, the choices are the same
 * on every platform.
 */
public final class Sampler {
  private final SamplerOptions options;
  private final int vocabularySize;
  private final long seed;
  private final Xoshiro256 random;
  private final int[] biasedTokens;
  private final float[] biases;
  private final Penalties penalties;
  private final Dry dry;
  private final Mirostat mirostat;
  private final float logMinP;
  private final boolean adjusts;

  /** Logits after bias and penalties; allocated when there are any. */
  private float[] adjusted = {};

  /** Allocated when more than one token is looked at. */
  private Candidates candidates;

  /**
   * @param vocabularySize how many tokens there are to choose from
   * @throws GatunException of kind {@code USAGE} when the options name a token that does not exist
   */
  public Sampler(SamplerOptions options, int vocabularySize) {
    if (vocabularySize < 1) {
      throw new IllegalArgumentException("vocabulary size " + vocabularySize);
    }
    this.options = options;
    this.vocabularySize = vocabularySize;
    // Short, because people type it again; as wide as llama.cpp's.
    seed = options.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong(1L << 32));
    random = new Xoshiro256(seed);
    biasedTokens = options.logitBias().keySet().stream().mapToInt(id -> id).sorted().toArray();
    biases = new float[biasedTokens.length];
    for (int i = 0; i < biases.length; i++) {
      if (biasedTokens[i] < 0 || biasedTokens[i] >= vocabularySize) {
        throw new GatunException(
            Kind.USAGE,
            "sampling: logit bias for token %d, but the model's tokens are 0 to %d"
                .formatted(biasedTokens[i], vocabularySize - 1));
      }
      biases[i] = options.logitBias().get(biasedTokens[i]);
    }
    mirostat = options.mirostat().enabled() ? new Mirostat(options.mirostat()) : null;
    boolean chain = mirostat == null;
    penalties = chain && Penalties.enabled(options) ? new Penalties(options, vocabularySize) : null;
    dry = chain && options.dry().enabled() ? new Dry(options.dry(), vocabularySize) : null;
    adjusts = biases.length > 0 || penalties != null || dry != null;
    logMinP = (float) StrictMath.log(options.minP());
  }

  /** The seed of the random numbers: the options' one, or the one that was drawn. */
  public long seed() {
    return seed;
  }

  /**
   * Tells the sampler a token of the sequence: of the prompt, or one that was chosen. Only
   * penalties and DRY look at them; {@link #sample} does not call this.
   *
   * @throws IndexOutOfBoundsException when the token is not in the vocabulary
   */
  public void accept(int token) {
    Objects.checkIndex(token, vocabularySize);
    if (penalties != null) {
      penalties.accept(token);
    }
    if (dry != null) {
      dry.accept(token);
    }
  }

  /**
   * Chooses the next token.
   *
   * @param logits one per token; not modified, not kept. What lies beyond the vocabulary's size
   *     (rows that pad a model's output) is ignored. Negative infinity forbids a token
   * @return the token's id
   * @throws GatunException of kind {@code FAILURE} when a logit is NaN or positive infinity, or all
   *     are negative infinity
   * @throws IllegalArgumentException when there are fewer logits than tokens
   */
  public int sample(float[] logits) {
    if (logits.length < vocabularySize) {
      throw new IllegalArgumentException(
          "%d logits for %d tokens".formatted(logits.length, vocabularySize));
    }
    float[] values = adjusts ? adjust(logits) : logits;
    if (mirostat != null) {
      return sampleMirostat(values);
    }
    boolean greedy = options.temperature() == 0;
    if (greedy && options.typicalP() >= 1) {
      return Logits.best(values, vocabularySize);
    }
    truncate(values);
    return candidates.id(greedy ? candidates.best() : pick());
  }

  /**
   * How many of the largest logits are enough to choose a token: 1 when it is the likeliest one, as
   * many as top-k keeps; 0 when all are needed, because a penalty, a bias or Mirostat looks at
   * them.
   */
  public int enough() {
    if (adjusts || mirostat != null) {
      return 0;
    }
    if (options.temperature() == 0 && options.typicalP() >= 1) {
      return 1;
    }
    return options.topK() > 0 && options.topK() < vocabularySize ? options.topK() : 0;
  }

  /**
   * Chooses the next token of the best ones: the same that {@link #sample(float[])} chooses.
   *
   * @param tokens the tokens with the largest logits, of equal ones those with the lower ids, in
   *     any order; tokens whose logit is NaN come before all others
   * @param logits their logits
   * @param count {@link #enough} of them, or all that there are
   * @return the token's id
   * @throws GatunException as {@link #sample(float[])}
   * @throws IllegalArgumentException when these are not enough
   */
  public int sample(int[] tokens, float[] logits, int count) {
    if (enough() == 0 || count < Math.min(enough(), vocabularySize)) {
      throw new IllegalArgumentException(
          "%d tokens, and %s are needed"
              .formatted(count, enough() == 0 ? "all" : Integer.toString(enough())));
    }
    reserve(enough());
    candidates.take(tokens, logits, enough());
    if (enough() == 1 && options.temperature() == 0) {
      return candidates.id(0);
    }
    narrow();
    return candidates.id(options.temperature() == 0 ? candidates.best() : pick());
  }

  private void reserve(int capacity) {
    if (candidates == null) {
      candidates = new Candidates(capacity);
    }
  }

  private float[] adjust(float[] logits) {
    if (adjusted.length == 0) {
      adjusted = new float[vocabularySize];
    }
    System.arraycopy(logits, 0, adjusted, 0, vocabularySize);
    for (int i = 0; i < biases.length; i++) {
      adjusted[biasedTokens[i]] += biases[i];
    }
    if (penalties != null) {
      penalties.apply(adjusted);
    }
    if (dry != null) {
      dry.apply(adjusted);
    }
    return adjusted;
  }

  private void truncate(float[] values) {
    boolean some = options.topK() > 0 && options.topK() < vocabularySize;
    reserve(some ? options.topK() : vocabularySize);
    if (some) {
      candidates.loadBest(values, vocabularySize);
    } else {
      candidates.load(values, vocabularySize);
    }
    narrow();
  }

  /** Truncations by probability, and the temperature. */
  private void narrow() {
    if (options.typicalP() < 1) {
      candidates.keepTypical(options.typicalP());
    }
    if (options.topP() < 1) {
      candidates.keepTopP(options.topP());
    }
    if (options.minP() > 0) {
      candidates.keepAtLeast(candidates.largestLogit() + logMinP);
    }
    if (options.temperature() > 0) {
      candidates.divideBy(options.temperature());
    }
  }

  private int pick() {
    return candidates.pick(candidates.computeMasses(), random.nextDouble());
  }

  private int sampleMirostat(float[] values) {
    if (options.temperature() == 0) {
      return Logits.best(values, vocabularySize);
    }
    reserve(vocabularySize);
    candidates.load(values, vocabularySize);
    candidates.divideBy(options.temperature());
    mirostat.truncate(candidates);
    double total = candidates.computeMasses();
    int index = candidates.pick(total, random.nextDouble());
    mirostat.observe(candidates.mass(index) / total);
    return candidates.id(index);
  }

  /** What the last choice was made from, with masses; null before the first one. */
  Candidates candidates() {
    return candidates;
  }

  /** Mirostat's state; null when it is off. */
  Mirostat mirostat() {
    return mirostat;
  }
}
