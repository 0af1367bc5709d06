package dev.gatun.cli.command;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** Where a command writes. */
final class Output {
  private final PrintWriter out;
  private final PrintWriter err;

  Output(CommandSpec spec) {
    out = spec.commandLine().getOut();
    err = spec.commandLine().getErr();
  }

  /** Prints a line of the result. */
  void line(String text) {
    out.println(text);
    out.flush();
  }

  /** Prints text of the result as it is, and makes it appear. */
  void text(String text) {
    out.print(text);
    out.flush();
  }

  /** Prints a line for the person watching, on standard error. */
  void note(String text) {
    err.println(text);
    err.flush();
  }
}
