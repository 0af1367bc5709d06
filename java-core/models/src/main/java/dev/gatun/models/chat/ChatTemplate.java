package dev.gatun.models.chat;

import dev.gatun.graph.Metadata;
import dev.gatun.models.jinja.JinjaException;
import dev.gatun.models.jinja.JinjaTemplate;
import dev.gatun.tensor.GatunException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns messages into the prompt that a model expects. Immutable and safe for use by many threads.
 *
 * <p>Taken from a model's metadata, a template is parsed when first rendered, so that a program
 * that never chats pays nothing.
 */
public final class ChatTemplate {
  private static final String KEY = "tokenizer.chat_template";
  private static final String NAMES = "tokenizer.chat_templates";

  /** The variant that a model offers for conversations with tools. */
  private static final String TOOL_USE = "tool_use";

  /** The markup of OpenAI's ChatML, which many models without a template were tuned on. */
  private static final String CHATML =
      """
      {% for message in messages %}\
      {{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}\
      {% endfor %}\
      {% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}\
      """;

  private final String source;

  /** For conversations with tools; null if there is no such variant. */
  private final ChatTemplate toolUse;

  private volatile JinjaTemplate parsed;

  private ChatTemplate(String source, ChatTemplate toolUse) {
    this.source = source;
    this.toolUse = toolUse;
  }

  /**
   * Reads a template given as text.
   *
   * @throws ChatTemplateException the source is not a template of the supported Jinja subset
   */
  public static ChatTemplate parse(String source) {
    ChatTemplate template = new ChatTemplate(source, null);
    template.parsed();
    return template;
  }

  /** ChatML, without any special treatment of system messages or tools. */
  public static ChatTemplate chatml() {
    return new ChatTemplate(CHATML, null);
  }

  /**
   * The template of a model: its default one, with its variant {@code tool_use} for conversations
   * with tools. A model without template gets {@link #chatml()} if its vocabulary has the tokens
   * {@code <|im_start|>} and {@code <|im_end|>}, because it was then trained on them; any other one
   * is refused, since a guessed markup silently spoils the answers.
   *
   * @throws ChatTemplateException the model has no chat template
   */
  public static ChatTemplate from(Metadata metadata) {
    Optional<String> source = metadata.string(KEY);
    if (source.isPresent()) {
      ChatTemplate tools =
          metadata
              .string(KEY + "." + TOOL_USE)
              .map(variant -> new ChatTemplate(variant, null))
              .orElse(null);
      return new ChatTemplate(source.get(), tools);
    }
    List<String> vocabulary = metadata.strings("tokenizer.ggml.tokens").orElse(List.of());
    if (vocabulary.contains("<|im_start|>") && vocabulary.contains("<|im_end|>")) {
      return chatml();
    }
    throw new ChatTemplateException(
        "the model has no chat template ("
            + KEY
            + "): it is a base model, or was converted without one. Send the prompt raw (--raw), or give a"
            + " template"
            + (variants(metadata).isEmpty() ? "" : ", or name one of " + variants(metadata)));
  }

  /**
   * A named variant of a model's template.
   *
   * @throws ChatTemplateException the model has no variant of that name
   */
  public static ChatTemplate from(Metadata metadata, String variant) {
    return new ChatTemplate(
        metadata
            .string(KEY + "." + variant)
            .orElseThrow(() ->
                new ChatTemplateException(
                    "the model has no chat template '"
                        + variant
                        + "'; it has "
                        + (variants(metadata).isEmpty() ? "no named ones" : variants(metadata)))),
        null);
  }

  /** Names of the variants that a model offers besides its default template. */
  public static List<String> variants(Metadata metadata) {
    List<String> names = new ArrayList<>();
    for (String name : metadata.strings(NAMES).orElse(List.of())) {
      if (metadata.string(KEY + "." + name).isPresent()) {
        names.add(name);
      }
    }
    return List.copyOf(names);
  }

  /** The text of the template. */
  public String source() {
    return source;
  }

  /** With {@link RenderOptions#DEFAULT}. */
  public String render(List<ChatMessage> messages) {
    return render(messages, RenderOptions.DEFAULT);
  }

  /**
   * The prompt for a conversation.
   *
   * @throws ChatTemplateException the template cannot be parsed, failed on these messages, refused
   *     them, or used more than the options' limits
   */
  public String render(List<ChatMessage> messages, RenderOptions options) {
    return render(messages, options, Set.of()).text();
  }

  /**
   * The prompt for a conversation, with what in it must not be read as control tokens: a message
   * could otherwise end its turn and forge another.
   *
   * @param controls texts of the model's control tokens
   * @throws ChatTemplateException as {@link #render(List, RenderOptions)}
   */
  public RenderedChat render(
      List<ChatMessage> messages, RenderOptions options, Set<String> controls) {
    if (toolUse != null && !options.tools().isEmpty()) {
      return toolUse.render(messages, options, controls);
    }
    var guard = new MessageGuard(controls);
    guard.avoid(source);
    guard.avoid(options.tools());
    guard.avoid(options.variables());
    List<Object> maps = new ArrayList<>(messages.size());
    for (ChatMessage message : messages) {
      maps.add(message.toMap());
    }
    guard.avoid(maps);
    maps.clear();
    for (ChatMessage message : messages) {
      maps.add(guard.guard(message.toMap()));
    }
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("messages", maps);
    variables.put("tools", options.tools().isEmpty() ? null : options.tools());
    variables.put("add_generation_prompt", options.addGenerationPrompt());
    variables.put("bos_token", options.bos());
    variables.put("eos_token", options.eos());
    variables.putAll(options.variables());
    try {
      return guard.restore(parsed().render(variables, options.clock(), options.limits()));
    } catch (JinjaException e) {
      throw failure(e);
    }
  }

  private JinjaTemplate parsed() {
    JinjaTemplate template = parsed;
    if (template == null) {
      try {
        // Two threads may both parse; either result will do.
        template = JinjaTemplate.parse(source);
      } catch (JinjaException e) {
        throw failure(e);
      }
      parsed = template;
    }
    return template;
  }

  private static ChatTemplateException failure(JinjaException e) {
    String where = e.line() > 0 ? " (line " + e.line() + " of the template)" : "";
    String message =
        switch (e.kind()) {
          case SYNTAX ->
              "the chat template cannot be read: "
                  + e.getMessage()
                  + where
                  + ". Give another template, or send the prompt raw (--raw)";
          case RUNTIME ->
              "the chat template failed: "
                  + e.getMessage()
                  + where
                  + ". It may need other roles, tools or variables than were given";
          case RAISED -> "the chat template refuses these messages: " + e.getMessage() + where;
          case LIMIT ->
              "the chat template was stopped: "
                  + e.getMessage()
                  + where
                  + ". If the template is trusted, raise the limits of the render options";
        };
    Kind kind = e.kind() == JinjaException.Kind.RAISED ? Kind.USAGE : Kind.MODEL;
    return new ChatTemplateException(kind, message, e);
  }
}
