package dev.gatun.cli.command;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes one file of several. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description = "Makes one file of a model in several; its parts stay.")
public final class GgufMergeCommand implements Callable<Integer> {
  @Mixin private GgufInput input;

  @Parameters(index = "1", paramLabel = "DST.gguf", description = "The file to write.")
  private Path target;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    try (GgufFile source = input.open(output)) {
      GgufInput.requireOther(source, target);
      new GgufWriter().metadata(source).tensors(source).write(target);
      output.line("%s: %d files, now one".formatted(target, source.paths().size()));
    }
    return 0;
  }
}
