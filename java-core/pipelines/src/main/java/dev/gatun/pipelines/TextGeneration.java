package dev.gatun.pipelines;

import dev.gatun.models.chat.RenderOptions;
import dev.gatun.models.chat.RenderedChat;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Vocabulary;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.session.Session;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Generates text with a language model.
 *
 * <p>Used by one thread at a time; only {@link #cancel} may be called from another. What two calls
 * have in common at the start of their prompts is computed once.
 */
public final class TextGeneration implements AutoCloseable {
  private final LanguageModel model;
  private final AutoCloseable owned;
  private final Session session;
  private final TokenSequence sequence;
  private volatile boolean cancelled;

  private TextGeneration(LanguageModel model, AutoCloseable owned) {
    this.model = model;
    this.owned = owned;
    session = model.newSession();
    sequence = new TokenSequence(model, session, 0);
  }

  /**
   * Loads a model with every default, in a runtime of its own.
   *
   * @param name a name of the catalogue, of a stored model, or the path of a file
   * @throws dev.gatun.tensor.GatunException when there is no such model or nothing can run it
   */
  public static TextGeneration load(String name) {
    GatunRuntime runtime = GatunRuntime.open();
    try {
      LanguageModel model = Models.load(runtime, name, LoadOptions.DEFAULT);
      return new TextGeneration(
          model,
          () -> {
            model.close();
            runtime.close();
          });
    } catch (RuntimeException e) {
      runtime.close();
      throw e;
    }
  }

  /** Loads a model into a runtime, which the caller closes after this. */
  public static TextGeneration load(GatunRuntime runtime, String name, LoadOptions options) {
    LanguageModel model = Models.load(runtime, name, options);
    return new TextGeneration(model, model);
  }

  /** Runs on a model that the caller loaded and closes. */
  public static TextGeneration of(LanguageModel model) {
    return new TextGeneration(model, () -> {});
  }

  /**
   * Answers one question through the model's chat template.
   *
   * @param listener gets the text as it appears, on the calling thread
   */
  public GenerationResult generate(String question, Consumer<String> listener) {
    return generate(Prompt.chat(question), GenerationOptions.DEFAULT, listener);
  }

  /**
   * Generates.
   *
   * @param listener gets the text as it appears, on the calling thread; whole code points only
   * @throws dev.gatun.tensor.GatunException when the prompt does not fit the context, or the model
   *     has no chat template and the prompt needs one
   */
  public GenerationResult generate(
      Prompt prompt, GenerationOptions options, Consumer<String> listener) {
    cancelled = false;
    return new Generator(sequence, model.tokenizer())
        .generate(
            tokens(prompt), prompt instanceof Prompt.Chat, options, listener, () -> cancelled);
  }

  /** The text that a prompt becomes. */
  public String render(Prompt prompt) {
    return rendered(prompt).text();
  }

  private RenderedChat rendered(Prompt prompt) {
    return switch (prompt) {
      case Prompt.Raw(String text) -> new RenderedChat(text, List.of());
      case Prompt.Chat(var messages) ->
          model.chatTemplate().render(messages, renderOptions(), model.controlTexts());
    };
  }

  /**
   * The tokens that a prompt becomes. Control tokens come from the chat template and from raw text
   * alone: where a message writes one, it is text.
   */
  public int[] tokens(Prompt prompt) {
    Tokenizer tokenizer = model.tokenizer();
    RenderedChat chat = rendered(prompt);
    var plain = new BitSet();
    chat.plain().forEach(range -> plain.set(range.from(), range.to()));
    OptionalInt bos = tokenizer.special().bos();
    // Many templates print the first token themselves; it must not stand there twice.
    boolean printed =
        prompt instanceof Prompt.Chat
            && bos.isPresent()
            && !plain.get(0)
            && chat.text().startsWith(tokenizer.vocabulary().token(bos.getAsInt()));
    return tokenizer.encode(chat.text(), !printed, plain);
  }

  private RenderOptions renderOptions() {
    Vocabulary vocabulary = model.tokenizer().vocabulary();
    OptionalInt bos = model.tokenizer().special().bos();
    OptionalInt eos = model.tokenizer().special().eos();
    return RenderOptions.DEFAULT.withSpecialTokens(
        bos.isPresent() ? vocabulary.token(bos.getAsInt()) : "",
        eos.isPresent() ? vocabulary.token(eos.getAsInt()) : "");
  }

  /** Ends the generation in progress after its current token. May be called from any thread. */
  public void cancel() {
    cancelled = true;
  }

  public LanguageModel model() {
    return model;
  }

  /** Which device runs what, and why. */
  public Explanation explain() {
    return model.plan().explain();
  }

  /** Idempotent. */
  @Override
  public void close() {
    session.close();
    try {
      owned.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
