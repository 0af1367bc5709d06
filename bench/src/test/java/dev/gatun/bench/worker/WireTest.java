package dev.gatun.bench.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gatun.bench.report.Quantity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireTest {
  @Test
  void whatNativeLibrariesPrintIsNoReply() throws IOException {
    var finished = new Reply.Finished(Quantity.of(7), Quantity.of(8));
    var measured = Reply.Measured.of(List.of(0.5));
    String stream =
        " # a driver greets\n\n"
            + Wire.line(finished)
            + "\nloading ... "
            + Wire.line(measured)
            + "\nbye\n";
    var lines = new BufferedReader(new StringReader(stream));
    List<String> other = new ArrayList<>();
    assertEquals(finished, Wire.reply(lines, other::add));
    assertEquals(measured, Wire.reply(lines, other::add));
    assertNull(Wire.reply(lines, other::add));
    assertEquals(List.of(" # a driver greets", "loading ... ", "bye"), other);
  }
}
