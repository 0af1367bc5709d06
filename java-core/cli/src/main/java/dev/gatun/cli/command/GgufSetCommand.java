package dev.gatun.cli.command;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.quantize.gguf.MetadataOverride;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model with other metadata. */
@Command(
    name = "set",
    mixinStandardHelpOptions = true,
    description = "Writes a model with other metadata; the tensors stay as they are.")
public final class GgufSetCommand implements Callable<Integer> {
  @Mixin private GgufInput input;

  @Parameters(index = "1", paramLabel = "DST.gguf", description = "The file to write.")
  private Path target;

  @Parameters(
      index = "2..*",
      paramLabel = "KEY=TYPE:VALUE",
      description = "Put or replace; TYPE is int, float, bool or str.")
  private List<String> values = List.of();

  @Option(names = "--remove", paramLabel = "KEY", description = "Remove; may be repeated.")
  private List<String> removed = List.of();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    List<MetadataOverride> overrides = values.stream().map(MetadataOverride::parse).toList();
    if (overrides.isEmpty() && removed.isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE, "nothing to change: give KEY=TYPE:VALUE or --remove KEY");
    }
    try (GgufFile source = input.open(output)) {
      GgufInput.requireOther(source, target);
      GgufWriter writer = new GgufWriter().metadata(source);
      for (String key : removed) {
        if (!source.metadata().keys().contains(key)) {
          throw new GatunException(
              GatunException.Kind.USAGE,
              "%s has no '%s'; gatun show lists its metadata".formatted(input.name(), key));
        }
        writer.remove(key);
      }
      overrides.forEach(override -> override.put(writer));
      writer.tensors(source).write(target);
      output.line("%s: %d put, %d removed".formatted(target, overrides.size(), removed.size()));
    }
    return 0;
  }
}
