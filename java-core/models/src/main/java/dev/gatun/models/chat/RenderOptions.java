package dev.gatun.models.chat;

import dev.gatun.models.jinja.Limits;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a template is rendered with besides the messages. Immutable; start from {@link #DEFAULT}.
 *
 * @param addGenerationPrompt whether to end with the opening of the assistant's answer
 * @param tools function definitions as parsed JSON ({@code {"type": "function", "function": …}});
 *     empty means none
 * @param bos text of the token that begins a sequence. Many templates print it: the tokenizer must
 *     then not add it a second time
 * @param eos text of the token that ends a sequence
 * @param clock for templates that print the date, in its zone
 * @param variables further variables by name, such as {@code enable_thinking}; they replace
 *     standard ones
 * @param limits what the template may use
 */
public record RenderOptions(
    boolean addGenerationPrompt,
    List<Map<String, Object>> tools,
    String bos,
    String eos,
    Clock clock,
    Map<String, Object> variables,
    Limits limits) {

  /** With generation prompt; no tools, no special tokens, the system's clock. */
  public static final RenderOptions DEFAULT =
      new RenderOptions(
          true, List.of(), "", "", Clock.system(ZoneId.systemDefault()), Map.of(), Limits.DEFAULT);

  public RenderOptions {
    tools = List.copyOf(tools);
    Objects.requireNonNull(bos, "bos");
    Objects.requireNonNull(eos, "eos");
    Objects.requireNonNull(clock, "clock");
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    Objects.requireNonNull(limits, "limits");
  }

  public RenderOptions withGenerationPrompt(boolean add) {
    return new RenderOptions(add, tools, bos, eos, clock, variables, limits);
  }

  public RenderOptions withTools(List<Map<String, Object>> definitions) {
    return new RenderOptions(addGenerationPrompt, definitions, bos, eos, clock, variables, limits);
  }

  public RenderOptions withSpecialTokens(String beginning, String end) {
    return new RenderOptions(addGenerationPrompt, tools, beginning, end, clock, variables, limits);
  }

  public RenderOptions withClock(Clock time) {
    return new RenderOptions(addGenerationPrompt, tools, bos, eos, time, variables, limits);
  }

  public RenderOptions withVariables(Map<String, Object> more) {
    return new RenderOptions(addGenerationPrompt, tools, bos, eos, clock, more, limits);
  }

  public RenderOptions withLimits(Limits allowed) {
    return new RenderOptions(addGenerationPrompt, tools, bos, eos, clock, variables, allowed);
  }
}
