package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Units;
import dev.gatun.models.chat.ChatMessage;
import dev.gatun.pipelines.GenerationOptions;
import dev.gatun.pipelines.GenerationResult;
import dev.gatun.pipelines.Prompt;
import dev.gatun.pipelines.TextGeneration;
import dev.gatun.runtime.GatunRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Answers one prompt. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Answers one prompt, streaming.",
    footer = RepetitionOptions.FOOTER)
public final class RunCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "Name or file of a model.")
  private String model;

  @Parameters(
      index = "1..*",
      paramLabel = "PROMPT",
      description = "The prompt; standard input when there is none.")
  private List<String> words = List.of();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Read the prompt from a file; a prompt on the command line comes before it.")
  private Path file;

  @Option(names = "--system", paramLabel = "TEXT", description = "Instructions for the model.")
  private String system;

  @Option(names = "--raw", description = "Continue the prompt as it is, without chat template.")
  private boolean raw;

  @Option(names = "--json", description = "Print one JSON object at the end, nothing else.")
  private boolean json;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say where it ran and how fast.")
  private boolean verbose;

  @Mixin private ModelOptions modelOptions;
  @Mixin private AdapterOptions adapters;
  @Mixin private SamplingOptions sampling;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    sampling.generation();
    Prompt prompt = prompt(PromptText.of(words, file, output));
    try (GatunRuntime runtime = runtimeOptions.open();
        var loaded = Loading.load(runtime, model, modelOptions.load(), adapters, output);
        TextGeneration generation = TextGeneration.of(loaded.model())) {
      if (!json) {
        loaded.notes().forEach(output::note);
      }
      GenerationOptions options = sampling.generation(loaded.model());
      GenerationResult result =
          generation.generate(prompt, options, piece -> stream(output, piece));
      if (json) {
        output.line(Json.document("run", 1, members(generation, result)));
      } else {
        output.line("");
        if (result.finish() == GenerationResult.Finish.CONTEXT) {
          output.note(
              "gatun: the context of %d tokens is full and the answer ends here; --ctx or --shift give more room"
                  .formatted(loaded.model().contextLength()));
        }
        if (verbose) {
          output.note(summary(generation, result));
        }
      }
      return 0;
    }
  }

  private void stream(Output output, String piece) {
    if (!json) {
      output.text(piece);
    }
  }

  private Prompt prompt(String text) {
    if (raw) {
      return Prompt.raw(text);
    }
    List<ChatMessage> messages = new ArrayList<>();
    if (system != null) {
      messages.add(ChatMessage.system(system));
    }
    messages.add(ChatMessage.user(text));
    return new Prompt.Chat(messages);
  }

  private static String summary(TextGeneration generation, GenerationResult result) {
    return "%s; %d prompt tokens at %s/s, %d generated at %s/s, ended by %s"
        .formatted(
            generation.explain().devices().stream()
                .map(device -> device.device() + " ran " + device.nodes() + " nodes")
                .toList(),
            result.promptTokens().size(),
            Units.fixed(result.prefillRate(), 1),
            result.tokens().size(),
            Units.fixed(result.decodeRate(), 1),
            result.finish());
  }

  private Map<String, Object> members(TextGeneration generation, GenerationResult result) {
    Map<String, Object> timings = new LinkedHashMap<>();
    timings.put("prefillMs", result.timings().prefill() / 1e6);
    timings.put("firstTokenMs", result.timings().firstToken() / 1e6);
    timings.put("decodeMs", result.timings().decode() / 1e6);
    timings.put("prefillTokensPerSecond", result.prefillRate());
    timings.put("decodeTokensPerSecond", result.decodeRate());
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("model", model);
    members.put("text", result.text());
    members.put("tokens", result.tokens());
    members.put("promptTokens", result.promptTokens());
    members.put("finish", result.finish().name());
    members.put("timings", timings);
    members.put("plan", Plans.members(generation.explain()));
    return members;
  }
}
