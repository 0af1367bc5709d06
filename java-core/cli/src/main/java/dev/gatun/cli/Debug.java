package dev.gatun.cli;

import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Whether the user asked for stack traces. */
final class Debug {
  private Debug() {}

  static boolean isOn(CommandLine command) {
    ParseResult parsed = command.getParseResult();
    return parsed != null && parsed.hasMatchedOption("--debug");
  }
}
