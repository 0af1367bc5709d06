package dev.gatun.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.cli.output.Printable;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class OutputTest {
  @Test
  void aClosedPipeEndsTheCommand() {
    CommandLine line = new CommandLine(new ListCommand());
    line.setOut(
        new PrintWriter(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            },
            false,
            StandardCharsets.UTF_8));
    var output = new Output(line.getCommandSpec());
    GatunException e = assertThrows(GatunException.class, () -> output.text("hello"));
    assertEquals(1, e.kind().exitCode());
  }

  @Test
  void controlCharactersOfFilesDoNotReachTheTerminal() {
    assertEquals("a\\x1b[31mb\n\tc\\x07", Printable.of("a\u001b[31mb\n\tc\u0007"));
    assertEquals("naïve 🙂", Printable.of("naïve 🙂"));
  }
}
