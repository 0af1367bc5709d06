package dev.gatun.pipelines;

import dev.gatun.models.sampling.Sampler;
import dev.gatun.models.sampling.StopMatcher;
import dev.gatun.models.tokenizer.SpecialTokens;
import dev.gatun.models.tokenizer.StreamingDecoder;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.pipelines.GenerationResult.Finish;
import dev.gatun.pipelines.GenerationResult.Timings;
import dev.gatun.runtime.spi.Largest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The loop that turns a prompt into text: feed, choose, decode, look for stop texts. */
final class Generator {
  private final TokenSequence sequence;
  private final Tokenizer tokenizer;
  private Largest largest;

  Generator(TokenSequence sequence, Tokenizer tokenizer) {
    this.sequence = sequence;
    this.tokenizer = tokenizer;
  }

  /**
   * @param answer whether the text begins anew and is not the continuation of the prompt
   */
  GenerationResult generate(
      int[] wholePrompt,
      boolean answer,
      GenerationOptions options,
      Consumer<String> listener,
      BooleanSupplier cancelled) {
    int[] prompt = options.shift() ? sequence.fit(wholePrompt) : wholePrompt;
    Sampler sampler = new Sampler(options.sampling(), tokenizer.vocabulary().size());
    for (int token : prompt) {
      sampler.accept(token);
    }
    StreamingDecoder decoder =
        answer ? tokenizer.answerDecoder(false) : tokenizer.streamingDecoder(false);
    var text = new Text(decoder, options.stop(), listener);
    List<Integer> tokens = new ArrayList<>();
    SpecialTokens special = tokenizer.special();

    long start = System.nanoTime();
    int cached = sequence.feed(prompt);
    long prefilled = System.nanoTime();
    int token = choose(sampler);
    long first = System.nanoTime();
    Finish finish = null;
    while (finish == null) {
      if (special.isEndOfGeneration(token)) {
        finish = Finish.END_OF_GENERATION;
        break;
      }
      sampler.accept(token);
      tokens.add(token);
      if (text.accept(token)) {
        finish = Finish.STOP;
      } else if (options.maxTokens() > 0 && tokens.size() >= options.maxTokens()) {
        finish = Finish.LENGTH;
      } else if (cancelled.getAsBoolean()) {
        finish = Finish.CANCELLED;
      } else if (!sequence.hasRoom() && !(options.shift() && sequence.canShift())) {
        finish = Finish.CONTEXT;
      } else {
        if (!sequence.hasRoom()) {
          sequence.shift();
        }
        sequence.feed(token);
        token = choose(sampler);
      }
    }
    long end = System.nanoTime();
    text.finish(finish);
    return new GenerationResult(
        text.toString(),
        tokens,
        Arrays.stream(prompt).boxed().toList(),
        cached,
        finish,
        new Timings(prefilled - start, first - start, end - first));
  }

  /** The next token; where few logits are enough and the device finds them, only those are read. */
  private int choose(Sampler sampler) {
    int enough = sampler.enough();
    if (enough > 0) {
      if (largest == null || largest.capacity() != enough) {
        largest = new Largest(enough);
      }
      if (sequence.largest(tokenizer.vocabulary().size(), largest)) {
        return sampler.sample(largest.indices(), largest.values(), largest.size());
      }
    }
    return sampler.sample(sequence.logits());
  }

  /** Tokens to text, piece by piece, ending before a stop text. */
  private static final class Text {
    private final StreamingDecoder decoder;
    private final StopMatcher matcher;
    private final Consumer<String> listener;
    private final StringBuilder whole = new StringBuilder();

    Text(StreamingDecoder decoder, List<String> stop, Consumer<String> listener) {
      this.decoder = decoder;
      matcher = new StopMatcher(stop);
      this.listener = listener;
    }

    /** Whether a stop text is complete. */
    boolean accept(int token) {
      emit(matcher.accept(decoder.accept(token)));
      return matcher.isStopped();
    }

    void finish(Finish finish) {
      if (finish != Finish.STOP) {
        emit(matcher.accept(decoder.finish()));
        emit(matcher.finish());
      }
    }

    private void emit(String piece) {
      if (!piece.isEmpty()) {
        whole.append(piece);
        listener.accept(piece);
      }
    }

    @Override
    public String toString() {
      return whole.toString();
    }
  }
}
