package dev.gatun.cli.command;

import java.io.IOError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;

/** A person at a terminal: line editing, history, completion of commands, Ctrl-C. */
final class TerminalInput implements ChatInput {
  private static final int HISTORY = 1000;

  private final Terminal terminal;
  private final LineReader reader;

  private TerminalInput(Terminal terminal, LineReader reader) {
    this.terminal = terminal;
    this.reader = reader;
  }

  static TerminalInput open(Path history, List<String> commands) throws IOException {
    Files.createDirectories(history.toAbsolutePath().getParent());
    Terminal terminal = TerminalBuilder.builder().system(true).build();
    // Messages are prose: quotes, backslashes and exclamation marks mean themselves.
    var prose = new DefaultParser().quoteChars(new char[0]).escapeChars(new char[0]);
    LineReader reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("gatun")
            .parser(prose)
            .completer(new StringsCompleter(commands))
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.HISTORY_SIZE, HISTORY)
            .option(Option.DISABLE_EVENT_EXPANSION, true)
            .option(Option.HISTORY_TIMESTAMPED, false)
            .build();
    return new TerminalInput(terminal, reader);
  }

  @Override
  public String read() {
    var text = new StringBuilder();
    while (true) {
      try {
        String line = reader.readLine(text.isEmpty() ? "> " : "… ");
        if (!line.endsWith(CONTINUES)) {
          return text.append(line).toString();
        }
        text.append(line, 0, line.length() - 1).append('\n');
      } catch (UserInterruptException e) {
        // As in a shell: Ctrl-C drops what was typed. With nothing to drop it says how to leave.
        if (text.isEmpty() && e.getPartialLine().isEmpty()) {
          terminal.writer().println("/bye or Ctrl-D leaves");
          terminal.flush();
        }
        text.setLength(0);
      } catch (EndOfFileException e) {
        return null;
      } catch (IOError e) {
        // JLine sets the terminal up by calling stty; an interrupt at that moment ends the call.
        if (!(e.getCause() instanceof InterruptedIOException)) {
          throw e;
        }
        Thread.interrupted();
      }
    }
  }

  @Override
  public void interruptible(Runnable task, Runnable interrupt) {
    SignalHandler before = terminal.handle(Signal.INT, _ -> interrupt.run());
    try {
      task.run();
    } finally {
      terminal.handle(Signal.INT, before);
    }
  }

  @Override
  public void close() throws IOException {
    terminal.close();
  }
}
