package dev.gatun.cli;

import dev.gatun.cli.launch.ClassArchive;
import dev.gatun.cli.launch.Restart;
import java.util.Optional;

/** Entry point of the {@code gatun} command. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Optional<Restart> restart = Restart.possible();
    int code =
        restart.isPresent() && restart.get().wantedBy(args)
            ? restart.get().run(args)
            : Gatun.commandLine(restart, args).execute(args);
    if (code == 0) {
      ClassArchive.write();
    }
    System.exit(code);
  }
}
