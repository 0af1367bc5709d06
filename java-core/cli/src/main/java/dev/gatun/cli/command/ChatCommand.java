package dev.gatun.cli.command;

import dev.gatun.models.chat.ChatMessage;
import dev.gatun.pipelines.GenerationOptions;
import dev.gatun.pipelines.GenerationResult;
import dev.gatun.pipelines.Prompt;
import dev.gatun.pipelines.TextGeneration;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.tensor.GatunException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A conversation. */
@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    description = "A conversation; /help lists its commands.")
public final class ChatCommand implements Callable<Integer> {
  private static final String HELP =
      """
      /help            these commands
      /system TEXT     begin anew under these instructions
      /clear           begin anew
      /history         what was said
      /undo            take back the last question and its answer
      /again           another answer to the last question
      /save FILE       write what was said to a file
      /plan            which device runs what, and why
      /bye             leave (or end of input)
      A line that ends in \\ goes on in the next one.\
      """;

  @Parameters(paramLabel = "MODEL", description = "Name or file of a model.")
  private String model;

  @Option(names = "--system", paramLabel = "TEXT", description = "Instructions for the model.")
  private String system;

  @Mixin private ModelOptions modelOptions;
  @Mixin private SamplingOptions sampling;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  private final List<ChatMessage> messages = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    GenerationOptions options = sampling.generation();
    try (GatunRuntime runtime = runtimeOptions.open();
        var loaded = Loading.load(runtime, model, modelOptions.load(), output);
        TextGeneration generation = TextGeneration.of(loaded.model())) {
      loaded.notes().forEach(output::note);
      output.note("/help lists the commands, /bye leaves");
      begin();
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = read(in, output); line != null; line = read(in, output)) {
        if (line.isBlank()) {
          continue;
        }
        if (!line.startsWith("/")) {
          messages.add(ChatMessage.user(line));
          answer(generation, options, output);
        } else if (!command(line.strip(), generation, options, output)) {
          break;
        }
      }
      return 0;
    }
  }

  private static String read(BufferedReader in, Output output) throws IOException {
    output.text("> ");
    var text = new StringBuilder();
    String line = in.readLine();
    while (line != null && line.endsWith("\\")) {
      text.append(line, 0, line.length() - 1).append('\n');
      line = in.readLine();
    }
    return line == null && text.isEmpty() ? null : text.append(line == null ? "" : line).toString();
  }

  private void begin() {
    messages.clear();
    if (system != null) {
      messages.add(ChatMessage.system(system));
    }
  }

  /** Runs a command; false to leave. */
  private boolean command(
      String line, TextGeneration generation, GenerationOptions options, Output output)
      throws IOException {
    String name = line.split("\\s", 2)[0];
    String argument = line.substring(name.length()).strip();
    switch (name) {
      case "/help" -> output.line(HELP);
      case "/bye", "/exit", "/quit" -> {
        return false;
      }
      case "/clear" -> begin();
      case "/system" -> {
        system = argument.isEmpty() ? null : argument;
        begin();
      }
      case "/history" ->
          messages.forEach(message -> output.line(message.role() + ": " + message.content()));
      case "/undo" -> takeBack(true);
      case "/again" -> {
        takeBack(false);
        if (!messages.isEmpty() && messages.getLast().role().equals("user")) {
          answer(generation, options, output);
        }
      }
      case "/save" -> save(argument, output);
      case "/plan" -> output.text(generation.explain().toText());
      default -> output.note("unknown command " + name + "; /help lists them");
    }
    return true;
  }

  private void takeBack(boolean question) {
    if (!messages.isEmpty() && messages.getLast().role().equals("assistant")) {
      messages.removeLast();
    }
    if (question && !messages.isEmpty() && messages.getLast().role().equals("user")) {
      messages.removeLast();
    }
  }

  private void answer(TextGeneration generation, GenerationOptions options, Output output) {
    try {
      GenerationResult result =
          generation.generate(new Prompt.Chat(messages), options, output::text);
      output.line("");
      messages.add(ChatMessage.assistant(result.text()));
      if (result.finish() == GenerationResult.Finish.CONTEXT) {
        output.note("the context is full: /clear begins anew, --ctx or --shift give more room");
      }
    } catch (GatunException e) {
      output.note("gatun: " + e.getMessage());
      takeBack(true);
    }
  }

  private void save(String file, Output output) throws IOException {
    if (file.isEmpty()) {
      output.note("/save needs a file name");
      return;
    }
    var text = new StringBuilder();
    messages.forEach(message ->
        text.append(message.role()).append(": ").append(message.content()).append("\n\n"));
    Files.writeString(Path.of(file), text);
    output.note("wrote " + file);
  }
}
