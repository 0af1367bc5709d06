package dev.gatun.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** GGUF files as files. */
@Command(
    name = "gguf",
    mixinStandardHelpOptions = true,
    description = "Splits, merges, edits and hashes GGUF files (gatun show prints what is in one).",
    subcommands = {
      GgufSplitCommand.class,
      GgufMergeCommand.class,
      GgufSetCommand.class,
      GgufHashCommand.class
    })
public final class GgufCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say split, merge, set or hash");
  }
}
