package dev.gatun.bench.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Main class of a measuring process: orders come in on standard input, replies go out on standard
 * output, everything else on standard error.
 */
public final class WorkerMain {
  private WorkerMain() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream replies = System.out;
    System.setOut(System.err);
    var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (var worker = new Worker()) {
      boolean more = true;
      while (more) {
        String line = orders.readLine();
        if (line == null) {
          // Whoever gave orders has gone.
          break;
        }
        Reply reply = worker.handle(Wire.read(line, Request.class));
        replies.write((Wire.line(reply) + "\n").getBytes(StandardCharsets.UTF_8));
        replies.flush();
        more = !(reply instanceof Reply.Finished) && !(reply instanceof Reply.Failed);
      }
    }
    // A driver's threads must not keep the process alive.
    Runtime.getRuntime().halt(0);
  }
}
