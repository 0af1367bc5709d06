package dev.gatun.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Vendors' native libraries: what there is, and to install and remove them. */
@Command(
    name = "runtimes",
    mixinStandardHelpOptions = true,
    description = {
      "Lists, installs and removes vendors' native libraries that backends use.",
      "They come through pip, mvn or npm as this machine has them, pinned by SHA-256."
    },
    subcommands = {
      RuntimesListCommand.class,
      RuntimesInstallCommand.class,
      RuntimesRemoveCommand.class
    })
public final class RuntimesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say list, install or remove");
  }
}
