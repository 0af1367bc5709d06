package dev.gatun.cli;

import dev.gatun.cli.command.AdviseCommand;
import dev.gatun.cli.command.BenchCommand;
import dev.gatun.cli.command.ChatCommand;
import dev.gatun.cli.command.ClassifyCommand;
import dev.gatun.cli.command.ClassifyImageCommand;
import dev.gatun.cli.command.CompletionCommand;
import dev.gatun.cli.command.ConvertCommand;
import dev.gatun.cli.command.DevicesCommand;
import dev.gatun.cli.command.DoctorCommand;
import dev.gatun.cli.command.EmbedCommand;
import dev.gatun.cli.command.ExplainCommand;
import dev.gatun.cli.command.GgufCommand;
import dev.gatun.cli.command.ImatrixCommand;
import dev.gatun.cli.command.ListCommand;
import dev.gatun.cli.command.OcrCommand;
import dev.gatun.cli.command.OptimizeCommand;
import dev.gatun.cli.command.PerplexityCommand;
import dev.gatun.cli.command.PullCommand;
import dev.gatun.cli.command.QuantizeCommand;
import dev.gatun.cli.command.RmCommand;
import dev.gatun.cli.command.RunCommand;
import dev.gatun.cli.command.RuntimesCommand;
import dev.gatun.cli.command.ShowCommand;
import dev.gatun.cli.command.TokenizeCommand;
import dev.gatun.cli.command.TraceCommand;
import dev.gatun.cli.command.TuneCommand;
import dev.gatun.cli.command.VadCommand;
import dev.gatun.cli.command.ValidateCommand;
import dev.gatun.cli.launch.Restart;
import dev.gatun.cli.output.Printable;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command's root: lists its subcommands and turns errors into messages and exit codes. */
@Command(
    name = "gatun",
    version = "gatun " + GatunRuntime.VERSION,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs models on the hardware that it finds, and says which that was and why.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ok",
      "1:failure",
      "2:usage",
      "3:the model is missing, damaged or of an unknown kind",
      "4:the required backend is unavailable",
      "5:results differ from what they are compared with",
      "6:a measurement is worse than its baseline",
    })
final class Gatun {
  private static final List<Class<?>> COMMANDS =
      List.of(
          RunCommand.class,
          ChatCommand.class,
          PullCommand.class,
          ListCommand.class,
          ShowCommand.class,
          RmCommand.class,
          DevicesCommand.class,
          DoctorCommand.class,
          RuntimesCommand.class,
          ExplainCommand.class,
          TokenizeCommand.class,
          EmbedCommand.class,
          ClassifyCommand.class,
          ClassifyImageCommand.class,
          VadCommand.class,
          OcrCommand.class,
          BenchCommand.class,
          TraceCommand.class,
          QuantizeCommand.class,
          AdviseCommand.class,
          OptimizeCommand.class,
          GgufCommand.class,
          PerplexityCommand.class,
          ImatrixCommand.class,
          ValidateCommand.class,
          TuneCommand.class,
          ConvertCommand.class,
          CompletionCommand.class,
          CommandLine.HelpCommand.class);

  /** Commands that look at the others. */
  private static final Set<Class<?>> OVERVIEWS =
      Set.of(CompletionCommand.class, CommandLine.HelpCommand.class);

  private Gatun() {}

  /**
   * @param restart what may help when no backend can run a model
   * @param typed the command line
   */
  static CommandLine commandLine(Optional<Restart> restart, String... typed) {
    var line = new CommandLine(new Gatun());
    needed(typed).forEach(line::addSubcommand);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, arguments) -> misused(e));
    line.setExecutionExceptionHandler((e, command, parsed) ->
        restart.isPresent() && restart.get().mayHelp(e)
            ? restart.get().run(typed)
            : report(e, command));
    return line;
  }

  /**
   * The command that is named first, alone: making all costs every start time; else all, except for
   * what needs none.
   */
  private static List<Class<?>> needed(String... typed) {
    String first = typed.length == 0 ? "" : typed[0];
    if (first.equals("--version") || first.equals("-V")) {
      return List.of();
    }
    return COMMANDS.stream()
        .filter(command -> command.getAnnotation(Command.class).name().equals(first))
        .filter(command -> !OVERVIEWS.contains(command))
        .findFirst()
        .<List<Class<?>>>map(List::of)
        .orElse(COMMANDS);
  }

  /** What was typed makes no command: says what, and where the help is, without printing it all. */
  private static int misused(ParameterException e) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    String message =
        e instanceof UnmatchedArgumentException unmatched && command.getParent() == null
            ? "there is no command '" + unmatched.getUnmatched().getFirst() + "'"
            : e.getMessage();
    err.println("gatun: " + Printable.of(message));
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      boolean root = command.getParent() == null;
      err.println(
          "`%s --help` %s"
              .formatted(
                  command.getCommandSpec().qualifiedName(),
                  root ? "lists the commands" : "shows its options"));
    }
    err.flush();
    return GatunException.Kind.USAGE.exitCode();
  }

  /** What Linux, macOS and Windows say of a full disk. */
  private static boolean isFull(Exception e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      String message = String.valueOf(each.getMessage());
      if (each instanceof IOException
          && (message.contains("No space left") || message.contains("not enough space"))) {
        return true;
      }
    }
    return false;
  }

  private static int report(Exception e, CommandLine command) {
    PrintWriter err = command.getErr();
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    err.println("gatun: " + Printable.of(message));
    for (Throwable suppressed : e.getSuppressed()) {
      err.println("  also: " + Printable.of(String.valueOf(suppressed.getMessage())));
    }
    if (Debug.isOn(command)) {
      e.printStackTrace(err);
    } else if (isFull(e)) {
      err.println("gatun: the disk is full: make room there, or name a target on another one");
    } else if (!(e instanceof GatunException || e instanceof IOException)) {
      err.println("gatun: this is a bug, or an input nobody thought of; --debug shows where");
    }
    err.flush();
    return e instanceof GatunException known ? known.kind().exitCode() : 1;
  }
}
