package dev.gatun.cli.command;

import dev.gatun.cli.output.Printable;
import dev.gatun.pipelines.GenerationOptions;
import dev.gatun.pipelines.GenerationResult;
import dev.gatun.pipelines.Prompt;
import dev.gatun.pipelines.TextGeneration;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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
    description = "A conversation; /help lists its commands.",
    footer = RepetitionOptions.FOOTER)
public final class ChatCommand implements Callable<Integer> {
  private static final String HELP =
      """
      /help            these commands
      /system [TEXT]   begin anew under these instructions, or none
      /clear           begin anew
      /history         what was said
      /undo            take back the last question and its answer
      /again           another answer to the last question
      /save FILE       write what was said to a file
      /plan            which device runs what, and why
      /bye             leave (or Ctrl-D)
      Ctrl-C stops an answer. A line that ends in \\ goes on in the next one.\
      """;
  private static final List<String> COMMANDS =
      List.of(
          "/help", "/system", "/clear", "/history", "/undo", "/again", "/save", "/plan", "/bye");

  @Parameters(paramLabel = "MODEL", description = "Name or file of a model.")
  private String model;

  @Option(names = "--system", paramLabel = "TEXT", description = "Instructions for the model.")
  private String system;

  @Mixin private ModelOptions modelOptions;
  @Mixin private AdapterOptions adapters;
  @Mixin private SamplingOptions sampling;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    sampling.generation();
    try (GatunRuntime runtime = runtimeOptions.open();
        var loaded = Loading.load(runtime, model, modelOptions.load(), adapters, output);
        TextGeneration generation = TextGeneration.of(loaded.model());
        ChatInput in = ChatInput.open(runtime.home().resolve("chat-history"), COMMANDS)) {
      loaded.notes().forEach(output::note);
      // A model that cannot converse is refused before the first question.
      loaded.model().chatTemplate();
      output.note("/help lists the commands, /bye leaves");
      GenerationOptions options = sampling.generation(loaded.model());
      var chat = new Chat(new Conversation(system), generation, options, in, output);
      for (String line = in.read(); line != null; line = in.read()) {
        if (!line.isBlank() && !chat.accept(line)) {
          break;
        }
      }
      return 0;
    }
  }

  /** A conversation under way. */
  private record Chat(
      Conversation conversation,
      TextGeneration generation,
      GenerationOptions options,
      ChatInput in,
      Output output) {
    /** Takes a message or a command; false to leave. */
    boolean accept(String line) {
      if (!line.startsWith("/")) {
        conversation.ask(line);
        answer();
        return true;
      }
      String command = line.strip();
      String name = command.split("\\s", 2)[0];
      String argument = command.substring(name.length()).strip();
      switch (name) {
        case "/help" -> output.line(HELP);
        case "/bye", "/exit", "/quit" -> {
          return false;
        }
        case "/clear" -> conversation.clear();
        case "/system" -> conversation.begin(argument.isEmpty() ? null : argument);
        case "/history" -> output.text(conversation.toText());
        case "/undo" -> conversation.takeBackQuestion();
        case "/again" -> {
          if (conversation.takeBackAnswer()) {
            answer();
          }
        }
        case "/save" -> save(argument);
        case "/plan" -> output.text(generation.explain().toText());
        default -> output.note("unknown command " + name + "; /help lists them");
      }
      return true;
    }

    private void answer() {
      try {
        forgetWhatDoesNotFit();
        in.interruptible(this::generate, generation::cancel);
      } catch (GatunException e) {
        output.note("gatun: " + Printable.of(e.getMessage()));
        conversation.takeBackQuestion();
        output.note("the question is taken back; /clear begins anew");
      }
    }

    private void generate() {
      GenerationResult result = generation.generate(prompt(), options, output::text);
      output.line("");
      conversation.answer(result.text());
      switch (result.finish()) {
        case CONTEXT ->
            output.note("the context is full: /clear begins anew, --ctx or --shift give more room");
        case CANCELLED ->
            output.note("stopped; /again answers anew, /undo takes the question back");
        default -> {}
      }
    }

    private Prompt prompt() {
      return new Prompt.Chat(conversation.messages());
    }

    /** With --shift whole questions and answers go, never the instructions or half a message. */
    private void forgetWhatDoesNotFit() {
      int most = generation.model().contextLength() * 3 / 4;
      if (options.shift()) {
        int forgotten = 0;
        while (generation.tokens(prompt()).length > most && conversation.forgetOldest()) {
          forgotten++;
        }
        if (forgotten > 0) {
          output.note("the context is full: the oldest " + forgotten + " questions are forgotten");
        }
      }
    }

    private void save(String file) {
      if (file.isEmpty()) {
        output.note("/save needs a file name");
        return;
      }
      try {
        Files.writeString(Path.of(file), conversation.toText());
        output.note("wrote " + file);
      } catch (IOException | InvalidPathException e) {
        output.note("cannot write " + file + ": " + GatunException.reason(e));
      }
    }
  }
}
