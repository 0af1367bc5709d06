package dev.gatun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import picocli.CommandLine;

/** The command as a user types it: what it printed and how it ended. */
record Invocation(int exitCode, String out, String err) {
  /** Runs it offline, with a home of its own. */
  static Invocation of(Path home, String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    arguments.addAll(List.of("--offline", "--home", home.toString()));
    return plain(arguments.toArray(String[]::new));
  }

  /** Runs it with nothing added. */
  static Invocation plain(String... words) {
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine line = Gatun.commandLine(Optional.empty(), words);
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    int exitCode = line.execute(words);
    return new Invocation(exitCode, out.toString(), err.toString());
  }

  /** Skips a test where the C kernels are not there; whether they load is a test of their own. */
  static void assumeCpu(Path home) {
    Assumptions.assumeTrue(
        of(home, "explain", tinyModel(), "--backend", "cpu").exitCode() == 0,
        "skipped: the backend cpu is not able here");
  }

  JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out);
  }

  /** The repository's root. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("java-core"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** Files of the tiny models, one per architecture. */
  static Path archs() {
    return root().resolve("java-core/models/src/test/resources/archs");
  }

  /** A copy of the tiny model with a chat template. */
  static Path chatModel(Path folder) throws IOException {
    Path file = folder.resolve("chat.gguf");
    try (GgufFile tiny = GgufFile.open(Path.of(tinyModel()))) {
      var writer = new GgufWriter().metadata(tiny);
      writer.string(
          "tokenizer.chat_template",
          "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:");
      for (String name : tiny.tensorNames()) {
        writer.tensor(name, tiny.tensor(name).orElseThrow());
      }
      writer.write(file);
    }
    return file;
  }

  static String tinyModel() {
    return archs().resolve("llama.gguf").toString();
  }
}
