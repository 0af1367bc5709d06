package dev.gatun.cli.command;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Cuts a model into several files. */
@Command(
    name = "split",
    mixinStandardHelpOptions = true,
    description = "Cuts a model into files named as llama-gguf-split names them.")
public final class GgufSplitCommand implements Callable<Integer> {
  @Mixin private GgufInput input;

  @Parameters(
      index = "1",
      paramLabel = "DST.gguf",
      description = "NAME.gguf becomes NAME-00001-of-0000N.gguf, and so on.")
  private Path target;

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      description = "Most bytes of tensors in a file, such as 2G (powers of 1000).")
  private String size;

  @Option(
      names = "--max-tensors",
      paramLabel = "N",
      description = "Most tensors in a file (128, when no size is given).")
  private Integer tensors;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    if (size != null && tensors != null) {
      throw usage("give only one of --max-size and --max-tensors");
    }
    if (tensors != null && tensors < 1) {
      throw usage("--max-tensors must be at least 1");
    }
    if (!target.toString().endsWith(".gguf")) {
      throw usage(target + " must end with .gguf");
    }
    try (GgufFile source = input.open(output)) {
      GgufWriter writer = new GgufWriter().metadata(source).tensors(source);
      List<Path> parts =
          size != null
              ? writer.writeSplit(target, Amounts.parse("--max-size", size, 1000))
              : writer.writeSplit(target, counts(source.tensorNames().size()));
      parts.forEach(part -> output.line(part.toString()));
    }
    return 0;
  }

  private List<Integer> counts(int all) {
    int most = tensors == null ? 128 : tensors;
    List<Integer> counts = new ArrayList<>();
    for (int left = all; left > 0; left -= most) {
      counts.add(Math.min(left, most));
    }
    return counts;
  }

  private static GatunException usage(String message) {
    return new GatunException(GatunException.Kind.USAGE, message);
  }
}
