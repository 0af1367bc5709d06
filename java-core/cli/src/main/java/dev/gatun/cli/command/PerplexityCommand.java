package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Units;
import dev.gatun.models.eval.Perplexity;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.pipelines.SessionPass;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.session.Session;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Perplexity of a text. */
@Command(
    name = "perplexity",
    mixinStandardHelpOptions = true,
    description =
        "Perplexity of a text as llama-perplexity measures it: windows that do not overlap, the"
            + " second half of each scored.")
public final class PerplexityCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "Name or file of a model.")
  private String model;

  @Parameters(index = "1", paramLabel = "FILE", description = "The text.")
  private Path file;

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "Tokens of a window (${DEFAULT-VALUE}).")
  private int window = Perplexity.WINDOW;

  @Option(names = "--chunks", paramLabel = "N", description = "Most windows (all).")
  private int chunks = Integer.MAX_VALUE;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private ModelOptions modelOptions;
  @Mixin private AdapterOptions adapters;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    String text = PromptText.read(file);
    var options = modelOptions.load().withContext(window).withRows(128).withBatch(128);
    try (GatunRuntime runtime = runtimeOptions.open();
        var loaded = Loading.load(runtime, model, options, adapters, output);
        Session session = loaded.model().newSession()) {
      Tokenizer tokenizer = loaded.model().tokenizer();
      int[] tokens = tokenizer.encode(text, true, false);
      if (window < 4 || tokens.length < window) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "%d tokens make no window of %d; give a longer text or a smaller --window"
                .formatted(tokens.length, window));
      }
      OptionalInt first = tokenizer.addsBos() ? tokenizer.special().bos() : OptionalInt.empty();
      var pass = new SessionPass(loaded.model(), session);
      Perplexity result = Perplexity.of(pass, tokens, window, chunks, first, options.batch());
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("model", model);
        members.put("devices", loaded.devices());
        members.put("windows", result.windows());
        members.put("tokensScored", result.tokens());
        members.put("perplexity", result.value());
        members.put("standardError", result.uncertainty());
        output.line(Json.document("perplexity", 1, members));
      } else {
        output.line(
            "perplexity %s ± %s (%d windows of %d tokens, on %s)"
                .formatted(
                    Units.fixed(result.value(), 4),
                    Units.fixed(result.uncertainty(), 4),
                    result.windows(),
                    window,
                    String.join(", ", loaded.devices())));
      }
      return 0;
    }
  }
}
