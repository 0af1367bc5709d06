package dev.gatun.cli.command;

import dev.gatun.tensor.GatunException;
import java.io.Console;
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

  /** Whether standard input and output are a terminal. */
  // JDK 25 went back to returning null where there is no terminal.
  @SuppressWarnings("SystemConsoleNull")
  static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Prints a line of the result. */
  void line(String text) {
    out.println(text);
    out.flush();
  }

  /** Prints text of the result as it is, and makes it appear. */
  void text(String text) {
    out.print(text);
    // The printers swallow errors: a closed pipe must end the command all the same.
    if (out.checkError() || System.out.checkError()) {
      throw new GatunException(GatunException.Kind.FAILURE, "standard output was closed");
    }
  }

  /** Prints a line for the person watching, on standard error. */
  void note(String text) {
    err.println(text);
    err.flush();
  }
}
