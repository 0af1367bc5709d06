package dev.gatun.cli.command;

import dev.gatun.tensor.GatunException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ParseResult;

/**
 * Which options of {@code gatun quantize} work with which: what would change nothing is refused,
 * not ignored.
 */
final class QuantizationRules {
  /** Stands for the type of a GGUF model among what was given. */
  private static final String TYPE = "a TYPE of GGUF models";

  /** Stands for a {@code --calibration} of which a part can be used. */
  private static final String TEXT = "a text as --calibration";

  private static final List<String> SCHEMES =
      List.of("--weights", "--dynamic", "--static", "--float16", "--bfloat16");

  /** Options, and what each of them works with: one of these must be there. */
  private record Rule(List<String> options, List<String> with) {}

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              List.of("--block", "--asymmetric", "--algorithm", "--qdq"), List.of("--weights")),
          new Rule(
              List.of(
                  "--method",
                  "--symmetric",
                  "--activation-bits",
                  "--weight-bits",
                  "--all-operators",
                  "--depthwise",
                  "--smooth",
                  "--correct-bias"),
              List.of("--static")),
          new Rule(List.of("--percentile"), List.of("--method percentile")),
          new Rule(List.of("--per-tensor", "--reduce-range"), List.of("--dynamic", "--static")),
          new Rule(List.of("--keep-edges"), List.of("--float16", "--bfloat16")),
          new Rule(
              List.of("--calibration", "--backend", "--prefer", "--policy"),
              List.of("--static", "--algorithm gptq", "--algorithm awq")),
          new Rule(List.of("--examples"), List.of(TEXT)),
          new Rule(List.of("--dim", "--exclude", "--target"), SCHEMES),
          new Rule(
              List.of(
                  "--allow-requantize",
                  "--allow-larger",
                  "--override-kv",
                  "--prune-layers",
                  "--keep-split",
                  "--dry-run",
                  "--tensors",
                  "--lora",
                  "--imatrix",
                  "--pure",
                  "--leave-output-tensor",
                  "--output-tensor-type",
                  "--token-embedding-type",
                  "--tensor-type",
                  "--tensor-type-file"),
              List.of(TYPE)),
          new Rule(List.of("--include-weights", "--exclude-weights"), List.of("--imatrix")));

  /** Options that say different things about one. */
  private static final List<List<String>> ALTERNATIVES =
      List.of(SCHEMES, List.of("--weight-bits", "--reduce-range"));

  private QuantizationRules() {}

  /**
   * Compares what was given.
   *
   * @param onnx whether that is how an ONNX model is quantized
   * @param text whether the examples of a calibration are a text
   * @throws GatunException of kind USAGE naming the options that do not go together
   */
  static void check(ParseResult parsed, boolean onnx, boolean text) {
    Set<String> given = new LinkedHashSet<>();
    parsed
        .matchedOptions()
        .forEach(option -> {
          given.add(option.longestName());
          option.stringValues().stream()
              .map(value -> option.longestName() + " " + value.toLowerCase(Locale.ROOT))
              .forEach(given::add);
        });
    for (List<String> alternatives : ALTERNATIVES) {
      List<String> several = alternatives.stream().filter(given::contains).toList();
      if (several.size() > 1) {
        throw usage("give only one of " + joined(several, "and"));
      }
    }
    String chosen =
        onnx ? SCHEMES.stream().filter(given::contains).findFirst().orElse("--target") : "a TYPE";
    if (!onnx) {
      given.add(TYPE);
    } else if (chosen.equals("--target")) {
      given.add("--static");
    }
    if (text) {
      given.add(TEXT);
    }
    for (Rule rule : RULES) {
      List<String> idle = rule.options().stream().filter(given::contains).toList();
      if (!idle.isEmpty() && rule.with().stream().noneMatch(given::contains)) {
        throw usage(
            "%s would change nothing with %s: leave %s out, or give %s"
                .formatted(
                    joined(idle, "and"),
                    chosen,
                    idle.size() == 1 ? "it" : "them",
                    joined(rule.with(), "or")));
      }
    }
  }

  /** Every option that a rule is about, or that others work with. */
  static Set<String> known() {
    return Stream.concat(
            SCHEMES.stream(), RULES.stream().map(Rule::options).flatMap(Collection::stream))
        .collect(Collectors.toSet());
  }

  private static String joined(List<String> names, String last) {
    int end = names.size() - 1;
    return end == 0
        ? names.getFirst()
        : String.join(", ", names.subList(0, end)) + " " + last + " " + names.getLast();
  }

  private static GatunException usage(String message) {
    return new GatunException(GatunException.Kind.USAGE, message);
  }
}
