package dev.gatun.cli.command;

import dev.gatun.quantize.block.BlockQuantizer;
import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.mix.MixOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Option;

/** Which types tensors get, as llama-quantize's options say it. */
final class QuantizeTypeOptions {
  @Option(names = "--pure", description = "One type for all tensors, without a mix.")
  private boolean pure;

  @Option(names = "--leave-output-tensor", description = "Leave output.weight as it is.")
  private boolean leaveOutput;

  @Option(
      names = "--output-tensor-type",
      paramLabel = "TYPE",
      description = "Type of output.weight, or of the embedding where it is the output, too.")
  private String output;

  @Option(
      names = "--token-embedding-type",
      paramLabel = "TYPE",
      description = "Type of the token embedding.")
  private String embedding;

  @Option(
      names = "--tensor-type",
      paramLabel = "REGEX=TYPE",
      description = "Type of tensors whose names contain a match; the first that matches counts.")
  private List<String> tensors = List.of();

  @Option(
      names = "--tensor-type-file",
      paramLabel = "FILE",
      description = "A file of such choices, separated by blanks or lines.")
  private Path tensorFile;

  /**
   * @param name of a file type, or COPY
   */
  MixOptions types(String name) throws IOException {
    boolean copy = name.equalsIgnoreCase("COPY");
    FileType file =
        FileType.of(copy ? "F32" : name)
            .orElseThrow(() ->
                new GatunException(
                    GatunException.Kind.USAGE,
                    "'%s' is no type to quantize to; there are %s, COPY"
                        .formatted(name, FileType.names())));
    return new MixOptions(
        file,
        copy,
        pure,
        leaveOutput,
        Optional.ofNullable(output).map(QuantizeTypeOptions::type),
        Optional.ofNullable(embedding).map(QuantizeTypeOptions::type),
        patterns(),
        false);
  }

  private Map<Pattern, DType> patterns() throws IOException {
    List<String> all = new ArrayList<>(tensors);
    if (tensorFile != null) {
      all.addAll(List.of(Files.readString(tensorFile).strip().split("\\s+")));
    }
    Map<Pattern, DType> patterns = new LinkedHashMap<>();
    for (String choice : all) {
      int equals = choice.lastIndexOf('=');
      if (equals < 1) {
        throw new GatunException(
            GatunException.Kind.USAGE, "'%s' is not REGEX=TYPE".formatted(choice));
      }
      try {
        String regex = choice.substring(0, equals).toLowerCase(Locale.ROOT);
        patterns.put(Pattern.compile(regex), type(choice.substring(equals + 1)));
      } catch (PatternSyntaxException e) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "'%s' is no regular expression: %s".formatted(e.getPattern(), e.getDescription()),
            e);
      }
    }
    return patterns;
  }

  private static DType type(String name) {
    for (DType type : DType.values()) {
      if (type.name().equalsIgnoreCase(name)) {
        BlockQuantizer.of(type);
        return type;
      }
    }
    throw new GatunException(
        GatunException.Kind.USAGE, "'%s' is no type of a tensor, such as Q6_K".formatted(name));
  }
}
