package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Printable;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.runtime.GatunRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the tokens of a text. */
@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    description = "Shows the tokens of a text.")
public final class TokenizeCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "Name or file of a model.")
  private String model;

  @Parameters(
      index = "1..*",
      paramLabel = "TEXT",
      description = "The text; standard input when there is none.")
  private List<String> words = List.of();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Read the text from a file.")
  private Path file;

  @Option(names = "--special", description = "Add the tokens that begin and end a sequence.")
  private boolean addSpecial;

  @Option(names = "--no-parse-special", description = "Take the names of special tokens as text.")
  private boolean plain;

  @Option(names = "--ids", description = "Print only the ids.")
  private boolean idsOnly;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    String text = PromptText.of(words, file, output);
    try (GatunRuntime runtime = runtimeOptions.open();
        ModelSource source = Loading.open(runtime, model, output)) {
      Tokenizer tokenizer = Tokenizers.from(source.metadata());
      int[] tokens = tokenizer.encode(text, addSpecial, !plain);
      List<Map<String, Object>> list = new ArrayList<>();
      for (int token : tokens) {
        byte[] bytes = tokenizer.pieceBytes(token);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", token);
        entry.put("token", tokenizer.vocabulary().token(token));
        entry.put("text", new String(bytes, StandardCharsets.UTF_8));
        entry.put("bytes", HexFormat.of().formatHex(bytes));
        list.add(entry);
      }
      if (json) {
        output.line(Json.document("tokenize", 1, Map.of("count", tokens.length, "tokens", list)));
      } else if (idsOnly) {
        output.line(
            String.join(" ", list.stream().map(entry -> entry.get("id").toString()).toList()));
      } else {
        list.forEach(entry -> output.line("%7s  %s".formatted(entry.get("id"), shown(entry))));
      }
      return 0;
    }
  }

  /** The text in quotes; the bytes where they are no whole characters. */
  private static String shown(Map<String, Object> entry) {
    String text = entry.get("text").toString();
    return text.contains("\uFFFD")
        ? "bytes " + entry.get("bytes")
        : "'" + Printable.of(text.replace("\n", "\\n").replace("\t", "\\t")) + "'";
  }
}
