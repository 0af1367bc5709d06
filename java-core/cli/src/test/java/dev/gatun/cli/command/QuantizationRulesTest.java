package dev.gatun.cli.command;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.tensor.GatunException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Options of {@code quantize} that would change nothing are refused. */
class QuantizationRulesTest {
  /** Options that work with whatever a model becomes. */
  private static final Set<String> COMMON =
      Set.of(
          "--debug",
          "--gpu-layers",
          "--help",
          "--home",
          "--json",
          "--offline",
          "--set",
          "--threads",
          "--version");

  private static CommandLine line() {
    return new CommandLine(new QuantizeCommand()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static void check(String options) {
    boolean onnx = options.matches(".*--(weights|dynamic|static|float16|bfloat16|target)\\b.*");
    boolean text = options.contains("--calibration lines.txt");
    List<String> words = List.of(("model out.onnx " + options).split(" "));
    QuantizationRules.check(line().parseArgs(words.toArray(String[]::new)), onnx, text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --dynamic --weight-bits 4             | --weight-bits would change nothing with --dynamic: leave it out, or give --static
          --dynamic --smooth 0.5 --symmetric    | --symmetric and --smooth would change nothing with --dynamic: leave them out, or give --static
          --dynamic --no-depthwise              | --depthwise would change nothing with --dynamic: leave it out, or give --static
          --weights int4 --activation-bits 16   | --activation-bits would change nothing with --weights: leave it out, or give --static
          --weights int4 --per-tensor           | --per-tensor would change nothing with --weights: leave it out, or give --dynamic or --static
          --weights int4 --calibration x        | --calibration would change nothing with --weights: leave it out, or give --static, --algorithm gptq or --algorithm awq
          --weights int4 --backend cpu          | --backend would change nothing with --weights: leave it out, or give --static, --algorithm gptq or --algorithm awq
          --float16 --reduce-range              | --reduce-range would change nothing with --float16: leave it out, or give --dynamic or --static
          --static --block 64                   | --block would change nothing with --static: leave it out, or give --weights
          --target avx2 --qdq                   | --qdq would change nothing with --target: leave it out, or give --weights
          --static --keep-edges                 | --keep-edges would change nothing with --static: leave it out, or give --float16 or --bfloat16
          --static --percentile 99              | --percentile would change nothing with --static: leave it out, or give --method percentile
          --static --examples 9                 | --examples would change nothing with --static: leave it out, or give a text as --calibration
          --static --calibration x --examples 9 | --examples would change nothing with --static: leave it out, or give a text as --calibration
          --static --dry-run                    | --dry-run would change nothing with --static: leave it out, or give a TYPE of GGUF models
          Q4_0 --activation-bits 16             | --activation-bits would change nothing with a TYPE: leave it out, or give --static
          Q4_0 --exclude-weights a              | --exclude-weights would change nothing with a TYPE: leave it out, or give --imatrix
          --static --weight-bits 4 --reduce-range | give only one of --weight-bits and --reduce-range
          --target avx2 --dynamic --float16     | give only one of --dynamic and --float16
          """)
  void whatWouldChangeNothingIsRefused(String options, String message) {
    var refused = assertThrows(GatunException.class, () -> check(options));
    assertEquals(message, refused.getMessage());
    assertEquals(2, refused.kind().exitCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Q4_0 --pure --imatrix m.gguf --exclude-weights a --lora a.gguf --dry-run -t 1",
        "--weights int4 --block 64 --asymmetric --qdq --algorithm AWQ --calibration x --backend cpu",
        "--weights int8 --algorithm rtn --exclude a --dim b=1 --json",
        "--dynamic --per-tensor --reduce-range --target avx2",
        "--static --method Percentile --percentile 99 --calibration lines.txt --examples 9 --smooth 0.5",
        "--target qnn-htp --weight-bits 4 --no-depthwise --symmetric --prefer cpu",
        "--bfloat16 --keep-edges",
      })
  void whatGoesTogetherIsTaken(String options) {
    assertDoesNotThrow(() -> check(options));
  }

  @Test
  void everyOptionHasARule() {
    Set<String> left =
        line().getCommandSpec().options().stream()
            .map(option -> option.longestName())
            .filter(name -> !QuantizationRules.known().contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(COMMON), left);
  }
}
