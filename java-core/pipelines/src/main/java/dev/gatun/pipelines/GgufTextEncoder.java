package dev.gatun.pipelines;

import dev.gatun.models.arch.ModelException;
import dev.gatun.models.arch.Pooling;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.RowOutput;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.store.LocatedModel;
import java.util.List;

/** An encoder in GGUF (BERT and its descendants): a flat batch of tokens, nothing is padded. */
final class GgufTextEncoder implements TextEncoder {
  private static final int MAX_TEXTS = 64;

  private final LanguageModel model;
  private final Session session;
  private final Batch batch;
  private final int longest;

  private GgufTextEncoder(LanguageModel model, Session session, EmbeddingOptions options) {
    this.model = model;
    this.session = session;
    batch = new Batch(model.options().batch());
    int most = Math.min(model.contextLength(), model.options().batch());
    longest = options.longest() > 0 ? Math.min(options.longest(), most) : most;
  }

  static GgufTextEncoder load(
      GatunRuntime runtime, LocatedModel located, EmbeddingOptions options) {
    LoadOptions load =
        LoadOptions.DEFAULT
            .withPolicy(options.policy())
            .withBatch(options.batch())
            .withSequences(MAX_TEXTS)
            .withRows(options.batch());
    LanguageModel model = LanguageModel.load(runtime, located, load);
    try {
      if (model.model().causal()) {
        throw new ModelException(
            "%s is a model that writes text, not an encoder: use `gatun run` with it"
                .formatted(located.name()));
      }
      return new GgufTextEncoder(model, model.newSession(), options);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public Tokenizer tokenizer() {
    return model.tokenizer();
  }

  @Override
  public int width() {
    return model.model().embeddingWidth();
  }

  @Override
  public int longest() {
    return longest;
  }

  @Override
  public Pooling pooling() {
    Pooling pooling = model.model().pooling();
    return pooling == Pooling.NONE ? Pooling.MEAN : pooling;
  }

  @Override
  public int texts() {
    return MAX_TEXTS;
  }

  @Override
  public boolean isPadded() {
    return false;
  }

  @Override
  public CompiledPlan plan() {
    return model.plan();
  }

  @Override
  public void run(List<int[]> texts, VectorSink sink) {
    batch.clear();
    for (int text = 0; text < texts.size(); text++) {
      int[] tokens = texts.get(text);
      for (int i = 0; i < tokens.length; i++) {
        batch.add(tokens[i], i, text, true);
      }
    }
    session.run(batch);
    RowOutput hidden = session.output();
    float[] row = new float[width()];
    int at = 0;
    for (int text = 0; text < texts.size(); text++) {
      for (int i = 0; i < texts.get(text).length; i++) {
        hidden.copyRow(at++, row);
        sink.accept(text, i, row);
      }
    }
  }

  @Override
  public void close() {
    session.close();
    model.close();
  }
}
