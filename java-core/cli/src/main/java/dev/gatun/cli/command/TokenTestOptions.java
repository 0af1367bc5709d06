package dev.gatun.cli.command;

import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.task.TokenTest;
import dev.gatun.bench.task.TokenTest.Kind;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine.Option;

/** Which prefill and decode of language models is measured, as llama-bench has it. */
final class TokenTestOptions {
  private static final int TOKENS = 128;
  private static final int FEW_TOKENS = 32;

  @Option(
      names = {"-p", "--prompt"},
      split = ",",
      paramLabel = "N",
      description = "Language models: tokens of the prompt; 0 for no such test (${DEFAULT-VALUE}).")
  private List<Integer> prompts = List.of(512);

  @Option(
      names = {"-n", "--generate"},
      split = ",",
      paramLabel = "N",
      description =
          "Language models: tokens to generate; 0 for no such test (128, with --quick 32).")
  private List<Integer> generations;

  @Option(
      names = {"-d", "--depth"},
      split = ",",
      paramLabel = "N",
      description = "Language models: tokens in the context before a test (${DEFAULT-VALUE}).")
  private List<Integer> depths = List.of(0);

  @Option(
      names = {"-npl", "--sequences"},
      split = ",",
      paramLabel = "N",
      description = "Sequences that generate at once; their tokens add up (${DEFAULT-VALUE}).")
  private List<Integer> sequences = List.of(1);

  /** Most sequences at once. */
  int sequences() {
    return Collections.max(sequences);
  }

  /**
   * The tests.
   *
   * @param quick whether few tokens are generated unless the user says how many
   */
  List<BenchTest> tests(boolean quick) {
    List<Integer> generated =
        generations != null ? generations : List.of(quick ? FEW_TOKENS : TOKENS);
    List<BenchTest> tests = new ArrayList<>();
    for (int depth : depths) {
      prompts.forEach(tokens -> add(tests, Kind.PREFILL, tokens, depth, 1));
      for (int count : sequences) {
        generated.forEach(tokens -> add(tests, Kind.DECODE, tokens, depth, count));
      }
    }
    if (tests.isEmpty()) {
      throw new GatunException(GatunException.Kind.USAGE, "nothing to measure: give -p or -n");
    }
    return tests;
  }

  private static void add(List<BenchTest> tests, Kind kind, int tokens, int depth, int sequences) {
    if (tokens < 0 || depth < 0) {
      throw new GatunException(GatunException.Kind.USAGE, "-p, -n and -d cannot be negative");
    }
    if (sequences < 1) {
      throw new GatunException(GatunException.Kind.USAGE, "-npl counts sequences: 1 or more");
    }
    if (tokens > 0) {
      tests.add(new TokenTest(kind, tokens, depth, sequences));
    }
  }

  /** Before a model is loaded: that takes longer than to read its header. */
  static void requireFits(List<BenchTest> tests, int context) {
    for (BenchTest test : tests) {
      if (test instanceof TokenTest one && (long) one.depth() + one.tokens() > context) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "%s does not fit the context of %d; raise --ctx".formatted(test.label(), context));
      }
    }
  }
}
