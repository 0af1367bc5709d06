package dev.gatun.runtime.tune;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.runtime.tune.TuningReport.TunableLine;
import dev.gatun.runtime.tune.TuningReport.ValueLine;
import dev.gatun.tensor.GatunException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Measures what a device leaves open, one choice after the other, each with what was chosen before
 * in force: a prompt and tokens after it, variants taking turns. At the end all choices together
 * race against the standard once more, and are kept only if they win again.
 */
public final class Tuner {
  /** Largest mean divergence, in nats, of a faster arithmetic from the exact one. */
  public static final double BOUND = 0.05;

  private static final int TEXT = 48;
  private static final int WARM_UPS = 3;
  private static final String STANDARD = "default";
  private static final String CHOSEN = "choices";
  private static final List<Integer> BLOCKS = List.of(64, 128, 256, 512, 1024);

  private final Plan plan;
  private final Function<CompileOptions, CompiledPlan> compiler;
  private final LongSupplier clock;
  private final TuneOptions options;
  private final Consumer<String> listener;
  private final int prompt;
  private final int generated;

  /**
   * @param plan of a language model on one device
   * @param compiler compiles the plan; the result is closed here
   * @param clock nanoseconds
   * @param listener gets a line before each choice
   * @throws GatunException of kind USAGE when there is nothing to time
   */
  public Tuner(
      Plan plan,
      Function<CompileOptions, CompiledPlan> compiler,
      LongSupplier clock,
      TuneOptions options,
      Consumer<String> listener) {
    this.plan = plan;
    this.compiler = compiler;
    this.clock = clock;
    this.options = options;
    this.listener = listener;
    Graph graph = plan.request().graph();
    boolean language = !graph.states().isEmpty() && graph.inputs().stream().anyMatch(Batch::feeds);
    if (!language || !plan.isSingle()) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          language
              ? "the plan runs on several devices; tune each alone: --backend ID"
              : "only models that generate text can be tuned, and " + graph.name() + " does not");
    }
    int positions = plan.request().session().positions();
    generated = Math.max(1, Math.min(options.generated(), positions / 4));
    prompt = Math.max(1, Math.min(options.prompt(), positions - generated));
  }

  private Device device() {
    return plan.slices().getFirst().device();
  }

  /** Measures and chooses; keeps nothing. */
  public TuningReport run() {
    warmUp();
    List<Tunable> tunables = new ArrayList<>(device().tunables(plan.request().graph()));
    block().ifPresent(tunables::add);
    Map<String, String> chosen = new LinkedHashMap<>();
    List<TunableLine> lines = new ArrayList<>();
    for (Tunable tunable : tunables) {
      listener.accept(tunable.name() + ": " + String.join(", ", tunable.values()));
      TunableLine line = choose(tunable, chosen);
      lines.add(line);
      if (!line.chosen().equals(tunable.standard())) {
        chosen.put(tunable.name(), line.chosen());
      }
    }
    double ratio = 1;
    if (!chosen.isEmpty()) {
      listener.accept("all together");
      List<Race.Outcome> all = together(chosen);
      // What was chosen for its results stays, whatever it costs.
      boolean keep = all.getLast().wins() || lines.stream().anyMatch(Tuner::forced);
      lines.add(together(all, keep));
      if (keep) {
        ratio = all.getLast().ratio();
      } else {
        chosen.clear();
      }
    }
    String task = "a prompt of %d tokens and %d after it".formatted(prompt, generated);
    return new TuningReport(
        device().info().id(),
        task,
        options.rounds(),
        criterion(),
        lines,
        new Tuning(device().info().id(), chosen, ratio, LocalDate.now(ZoneId.systemDefault())));
  }

  /** The first variant of the first race must not be the one during which the JIT compiles. */
  private void warmUp() {
    try (Workload standard = open(Map.of())) {
      for (int i = 0; i < WARM_UPS; i++) {
        standard.run();
      }
    }
  }

  private static String criterion() {
    return String.format(
        Locale.ROOT,
        "faster than the default in the median of the rounds' ratios by more than %.0f %% and %d"
            + " times their spread (median absolute deviation); arithmetic of another kind must"
            + " diverge by at most %.2f nats from the exact one in the mean of %d tokens",
        100 * Race.LEAST,
        Race.SPREADS,
        BOUND,
        TEXT);
  }

  /** The standard's own results were too far off. */
  private static boolean forced(TunableLine line) {
    return line.values().stream()
        .anyMatch(value -> value.value().equals(line.standard()) && value.note().startsWith("off"));
  }

  /** The runtime's own choice: how a prompt is divided. */
  private Optional<Tunable> block() {
    int most = plan.request().session().batch();
    List<String> values =
        IntStream.concat(
                BLOCKS.stream().mapToInt(Integer::intValue).filter(size -> size < most),
                IntStream.of(most))
            .mapToObj(Integer::toString)
            .toList();
    return most > prompt || values.size() < 2
        ? Optional.empty()
        : Optional.of(
            Tunable.of(Tuning.BLOCK, "tokens of a prefill block", values, Integer.toString(most)));
  }

  private Workload open(Map<String, String> choices) {
    var own = new LinkedHashMap<>(choices);
    String block = own.remove(Tuning.BLOCK);
    int size = block == null ? plan.request().session().batch() : Integer.parseInt(block);
    CompiledPlan compiled = compiler.apply(CompileOptions.DEFAULT.withChoices(own));
    try {
      return new Workload(compiled, prompt, generated, Math.min(size, prompt), clock);
    } catch (RuntimeException e) {
      compiled.close();
      throw e;
    }
  }

  private List<Race.Outcome> together(Map<String, String> chosen) {
    try (Workload standard = open(Map.of());
        Workload tuned = open(chosen)) {
      return Race.run(List.of(standard, tuned), options.rounds());
    }
  }

  private static TunableLine together(List<Race.Outcome> outcomes, boolean keep) {
    return new TunableLine(
        "together",
        "all choices against the default",
        STANDARD,
        keep ? CHOSEN : STANDARD,
        List.of(line(STANDARD, outcomes.getFirst(), ""), line(CHOSEN, outcomes.getLast(), "")));
  }

  private static ValueLine line(String value, Race.Outcome outcome, String note) {
    return new ValueLine(
        value,
        outcome.nanoseconds() / 1e6,
        outcome.ratio(),
        outcome.spread(),
        note.isEmpty() && !outcome.raced() ? "too slow to race" : note);
  }

  /** One value under way. */
  private static final class Candidate {
    final String value;
    Workload workload;
    Race.Outcome outcome;
    String note = "";
    boolean eligible = true;

    Candidate(String value) {
      this.value = value;
    }

    ValueLine line() {
      return outcome == null
          ? new ValueLine(value, 0, 0, 0, note)
          : Tuner.line(value, outcome, note);
    }
  }

  private TunableLine choose(Tunable tunable, Map<String, String> chosen) {
    List<Candidate> all = new ArrayList<>(List.of(new Candidate(tunable.standard())));
    tunable.values().stream()
        .filter(value -> !value.equals(tunable.standard()))
        .forEach(value -> all.add(new Candidate(value)));
    try {
      for (Candidate candidate : all) {
        open(candidate, tunable, chosen);
      }
      tunable.exact().ifPresent(value -> hold(all, value));
      List<Candidate> running = all.stream().filter(one -> one.workload != null).toList();
      List<Race.Outcome> outcomes =
          Race.run(running.stream().map(one -> one.workload).toList(), options.rounds());
      for (int i = 0; i < running.size(); i++) {
        running.get(i).outcome = outcomes.get(i);
      }
    } finally {
      all.stream().filter(one -> one.workload != null).forEach(one -> one.workload.close());
    }
    return new TunableLine(
        tunable.name(),
        tunable.meaning(),
        tunable.standard(),
        best(all).value,
        tunable.values().stream()
            .map(value -> all.stream().filter(one -> one.value.equals(value)).findFirst())
            .map(one -> one.orElseThrow().line())
            .toList());
  }

  private void open(Candidate candidate, Tunable tunable, Map<String, String> chosen) {
    var choices = new LinkedHashMap<>(chosen);
    choices.put(tunable.name(), candidate.value);
    try {
      candidate.workload = open(choices);
    } catch (BackendException e) {
      if (candidate.value.equals(tunable.standard())) {
        throw e;
      }
      candidate.eligible = false;
      candidate.note = e.getMessage();
    }
  }

  /** Holds results against those of the exact value, on a text that it writes itself. */
  private void hold(List<Candidate> all, String exact) {
    Candidate reference =
        all.stream().filter(one -> one.value.equals(exact)).findFirst().orElseThrow();
    if (reference.workload == null) {
      return;
    }
    int[] text = new int[Math.min(TEXT, prompt + generated)];
    Arrays.fill(text, 1, text.length, -1);
    text[0] = 1;
    float[][] right = reference.workload.logits(text);
    for (Candidate candidate : all) {
      if (candidate.workload != null && candidate != reference) {
        double divergence = Divergence.mean(right, candidate.workload.logits(text));
        candidate.eligible = divergence <= BOUND;
        candidate.note =
            String.format(
                Locale.ROOT,
                candidate.eligible ? "diverges by %.4f nats" : "off by %.4f nats: too much",
                divergence);
      }
    }
  }

  /** The first is the standard. */
  private static Candidate best(List<Candidate> all) {
    Candidate best = all.getFirst();
    for (Candidate candidate : all) {
      if (!candidate.eligible || candidate.outcome == null) {
        continue;
      }
      boolean better =
          !best.eligible
              || (candidate.outcome.wins() && candidate.outcome.ratio() > best.outcome.ratio());
      best = better ? candidate : best;
    }
    return best;
  }
}
