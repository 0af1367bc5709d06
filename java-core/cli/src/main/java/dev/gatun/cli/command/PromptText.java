package dev.gatun.cli.command;

import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Text that a command works on: its arguments, a file, or standard input. */
final class PromptText {
  private PromptText() {}

  /**
   * Words joined by blanks, then the file after a line feed; standard input when there is neither.
   */
  static String of(List<String> words, Path file, Output output) throws IOException {
    List<String> parts = new ArrayList<>();
    if (!words.isEmpty()) {
      parts.add(String.join(" ", words));
    }
    if (file != null) {
      parts.add(read(file));
    }
    if (parts.isEmpty()) {
      if (Output.isTerminal()) {
        output.note("type the text; Ctrl-D on a line of its own ends it");
      }
      parts.add(decode(System.in.readAllBytes(), "standard input").stripTrailing());
    }
    String text = String.join("\n", parts);
    if (text.isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "the prompt is empty: give it as an argument, with --file, or on standard input");
    }
    return text;
  }

  /** A file's text. */
  static String read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new GatunException(
          GatunException.Kind.USAGE, "there is no file " + file + "; check the path");
    }
    try {
      return decode(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "cannot read " + file + " (" + GatunException.reason(e) + "); check its permissions",
          e);
    }
  }

  private static String decode(byte[] bytes, String where) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          where + " is not valid UTF-8; convert it first (for example with iconv)",
          e);
    }
  }
}
