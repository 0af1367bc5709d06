package dev.gatun.cudabackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gatun.cuda.Loading;
import dev.gatun.cuda.Nvrtc;
import dev.gatun.gpuengine.driver.KernelLanguage;
import dev.gatun.gpuengine.driver.KernelSource;
import dev.gatun.gpuengine.kernel.KernelTexts;
import dev.gatun.testkit.TestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * NVRTC compiles the product's kernels without a warning, and no kernel lacks registers. Every
 * architecture with all families takes minutes ({@code scripts/test --all}); usually each family,
 * without the weights of rarer formats, is compiled for one of them, in turn. {@link
 * ConformanceTest} compiles all for the stand-in's.
 */
class KernelsTest {
  private static final List<Integer> ARCHITECTURES = List.of(75, 80, 86, 89, 90, 100, 120);
  private static final boolean ALL = Integer.getInteger("gatun.test.effort", 1) > 1;

  /** Formats that most models have; the others are compiled from the same text. */
  private static final Set<String> OFTEN =
      Set.of("weights_f16", "weights_q4_0", "weights_q8_0", "weights_q4_k", "weights_q6_k");

  /** Functions of preludes that a family does not use. */
  private static final String UNUSED = "--diag-suppress=177";

  private static final String REPORT = "--ptxas-options=-v";
  private static final Pattern KERNEL = Pattern.compile("Function properties for (\\w+)");
  private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes spill stores");
  private static final Pattern WARNING = Pattern.compile("(?m)^.*(warning|error).*$");

  private static Nvrtc nvrtc;

  @BeforeAll
  static void load() {
    try (TestContext context = StandIn.context()) {
      StandIn.requireCompiler(context);
      Loading<Nvrtc> loading = Nvrtc.load(CudaRuntime.search(context));
      nvrtc = loading.library().orElseThrow(() -> new AssertionError(loading.failures()));
    }
  }

  private record Compilation(KernelSource source, int architecture) {
    /** What is wrong, a line each. */
    List<String> problems() {
      String log =
          nvrtc
              .compile(
                  source.text(),
                  source.family() + ".cu",
                  "sm_" + architecture,
                  List.of(KernelCompiler.LANGUAGE, UNUSED, REPORT))
              .log();
      List<String> problems = new ArrayList<>();
      WARNING.matcher(log).results().forEach(line -> problems.add(line.group()));
      String kernel = "";
      for (String line : log.lines().toList()) {
        Matcher name = KERNEL.matcher(line);
        kernel = name.find() ? name.group(1) : kernel;
        Matcher spills = SPILLS.matcher(line);
        if (spills.find() && !spills.group(1).equals("0")) {
          problems.add("sm_%d %s: %s".formatted(architecture, kernel, spills.group()));
        }
      }
      return problems;
    }
  }

  @Test
  void everyFamilyCompilesWithoutWarningAndSpills() {
    KernelTexts texts = new KernelTexts(KernelLanguage.CUDA);
    List<Compilation> compilations = new ArrayList<>();
    int turn = 0;
    for (String family : texts.families()) {
      if (!ALL && family.startsWith("weights_") && !OFTEN.contains(family)) {
        continue;
      }
      KernelSource source = texts.source(family, KernelLanguage.CUDA);
      List<Integer> architectures =
          ALL ? ARCHITECTURES : List.of(ARCHITECTURES.get(turn++ % ARCHITECTURES.size()));
      architectures.forEach(each -> compilations.add(new Compilation(source, each)));
    }
    assertFalse(compilations.isEmpty());
    TreeSet<String> problems = new TreeSet<>();
    compilations.parallelStream().map(Compilation::problems).forEachOrdered(problems::addAll);
    assertEquals("", String.join("\n", problems));
  }
}
