package dev.gatun.cli;

/** Entry point of the {@code gatun} command. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(Gatun.commandLine(args).execute(args));
  }
}
