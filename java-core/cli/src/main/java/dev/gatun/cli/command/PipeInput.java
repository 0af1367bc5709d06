package dev.gatun.cli.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Lines of a file or another program, in UTF-8. */
record PipeInput(BufferedReader in) implements ChatInput {
  PipeInput(InputStream in) {
    this(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
  }

  @Override
  public String read() throws IOException {
    String line = in.readLine();
    if (line == null) {
      return null;
    }
    var text = new StringBuilder();
    while (line != null && line.endsWith(CONTINUES)) {
      text.append(line, 0, line.length() - 1).append('\n');
      line = in.readLine();
    }
    return text.append(line == null ? "" : line).toString();
  }

  @Override
  public void interruptible(Runnable task, Runnable interrupt) {
    task.run();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
