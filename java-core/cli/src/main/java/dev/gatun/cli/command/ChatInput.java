package dev.gatun.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where the lines of a conversation come from. For one thread. */
sealed interface ChatInput extends AutoCloseable permits TerminalInput, PipeInput {
  /** Ends a line that goes on in the next one. */
  String CONTINUES = "\\";

  /**
   * A terminal with line editing where standard input and output are one; plain lines otherwise.
   *
   * @param history file that keeps what was typed from one conversation to the next
   * @param commands words that are completed
   */
  static ChatInput open(Path history, List<String> commands) throws IOException {
    return Output.isTerminal() ? TerminalInput.open(history, commands) : new PipeInput(System.in);
  }

  /** The next message or command, lines that go on joined; null at the end. */
  String read() throws IOException;

  /** Runs a task during which an interrupt (Ctrl-C) calls {@code interrupt}. */
  void interruptible(Runnable task, Runnable interrupt);

  @Override
  void close() throws IOException;
}
