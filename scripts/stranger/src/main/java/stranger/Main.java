package stranger;

import dev.gatun.pipelines.GenerationOptions;
import dev.gatun.pipelines.Prompt;
import dev.gatun.pipelines.TextGeneration;

/** Continues a text: MODEL TEXT. Says on standard error what did it. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    try (var model = TextGeneration.load(arguments[0])) {
      model.generate(
          Prompt.raw(arguments[1]), GenerationOptions.DEFAULT.withMaxTokens(8), IO::print);
      IO.println();
      System.err.println("ran on " + model.explain().devices().getFirst().device());
    }
  }
}
