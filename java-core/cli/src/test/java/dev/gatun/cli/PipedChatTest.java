package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversation whose lines come from another program. */
class PipedChatTest {
  @TempDir Path home;

  private Invocation chat(String lines, String... options) throws IOException {
    return chat(Invocation.chatModel(home).toString(), lines, options);
  }

  private Invocation chat(String model, String lines, String[] options) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
    try {
      List<String> words = new ArrayList<>(List.of("chat", model, "--seed", "1"));
      words.addAll(List.of(options));
      Invocation outcome = Invocation.of(home, words.toArray(String[]::new));
      assertFalse(outcome.err().contains("\tat "), outcome.err());
      return outcome;
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void commandsWorkAndTheEndOfInputEndsIt() throws IOException {
    Path file = home.resolve("said.txt");
    Invocation outcome =
        chat(
            "/help\n/nope\nhello\n/again\n/save %s\n/save /no/such/folder/x\n/history\n/undo\n/plan\n"
                .formatted(file),
            "-n",
            "3",
            "--system",
            "be brief");
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(outcome.out().contains("/undo"), outcome.out());
    assertTrue(outcome.err().contains("unknown command /nope"), outcome.err());
    assertTrue(outcome.err().contains("cannot write /no/such/folder/x"), outcome.err());
    assertTrue(
        outcome.out().contains("vector") || outcome.out().contains("cpu:"),
        "no plan: " + outcome.out());
    String said = Files.readString(file);
    assertTrue(said.startsWith("system: be brief\n\nuser: hello\n\nassistant: "), said);
  }

  @Test
  void aFullContextIsSaidAndTheConversationGoesOn() throws IOException {
    String question = "word ".repeat(10) + "\n";
    Invocation outcome = chat(question.repeat(6) + "/clear\nhi\n/bye\nnot read\n", "--ctx", "96");
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains("--shift"), outcome.err());
    assertTrue(outcome.err().contains("/clear begins anew"), outcome.err());
  }

  @Test
  void aQuestionThatDoesNotFitIsTakenBack() throws IOException {
    Invocation outcome = chat("word ".repeat(100) + "\n/history\nhi\n", "--ctx", "96", "-n", "2");
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains("--shift"), outcome.err());
    assertTrue(outcome.err().contains("the question is taken back"), outcome.err());
    assertFalse(outcome.out().contains("user: word"), outcome.out());
  }

  @Test
  void aModelWithoutATemplateIsRefusedAtOnce() {
    Invocation outcome = chat(Invocation.tinyModel(), "hello\n", new String[0]);
    assertEquals(3, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains("no chat template"), outcome.err());
  }

  @Test
  void withShiftTheOldestQuestionsAreForgotten() throws IOException {
    String question = "word ".repeat(10) + "\n";
    Invocation outcome = chat(question.repeat(6), "--ctx", "128", "--shift", "-n", "8");
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains("are forgotten"), outcome.err());
  }
}
