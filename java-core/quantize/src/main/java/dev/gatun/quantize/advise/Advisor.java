package dev.gatun.quantize.advise;

import dev.gatun.quantize.advise.Advice.Considered;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Chooses a type for a language model: of those that fit the memory and lose no more than the goal
 * accepts, the smallest (for size and speed) or the best (for quality). When none loses so little,
 * the best of those that fit.
 */
public final class Advisor {
  /** What activations, tokenizer and the program itself take beside weights and context. */
  private static final long OVERHEAD = 300L << 20;

  private Advisor() {}

  /**
   * Advises.
   *
   * @param memory bytes that weights, context and program may take together; empty for no limit
   */
  public static Advice advise(Target target, Goal goal, OptionalLong memory, ModelNeeds model) {
    List<Considered> able = new ArrayList<>();
    List<Considered> considered = new ArrayList<>();
    for (Measured type : Measured.ALL) {
      long bytes = model.weightBytes(type);
      boolean fits =
          memory.isEmpty() || bytes + model.cacheBytes() + OVERHEAD <= memory.getAsLong();
      String verdict =
          !target.takes(type.type())
              ? target.backend() + " would requantize it"
              : !fits
                  ? "too large"
                  : type.divergence() > goal.tolerated() ? "loses more than the goal accepts" : "";
      Considered one = new Considered(type, bytes, fits, verdict);
      considered.add(one);
      if (fits && target.takes(type.type())) {
        able.add(one);
      }
    }
    Optional<Considered> chosen = choose(goal, able);
    List<Considered> judged = considered.stream().map(one -> judge(one, chosen, goal)).toList();
    return new Advice(
        chosen.map(Considered::type),
        judged,
        reasons(target, goal, memory, model, chosen, considered),
        chosen.map(one -> commands(target, model, one.type())).orElse(List.of()));
  }

  private static Optional<Considered> choose(Goal goal, List<Considered> able) {
    List<Considered> good =
        able.stream().filter(one -> one.type().divergence() <= goal.tolerated()).toList();
    if (good.isEmpty()) {
      return able.stream().findFirst();
    }
    if (goal == Goal.QUALITY) {
      // Half the size of F16 for a difference that its own rounding makes.
      return good.stream().filter(one -> one.type().bitsPerWeight() < 16).findFirst();
    }
    return good.stream().min(Comparator.comparingLong(Considered::bytes));
  }

  private static Considered judge(Considered one, Optional<Considered> chosen, Goal goal) {
    if (chosen.filter(one::equals).isPresent()) {
      return new Considered(one.type(), one.bytes(), one.fits(), "chosen");
    }
    String otherwise =
        goal == Goal.QUALITY
            ? (one.type().bitsPerWeight() == 16 ? "twice the size for nothing" : "loses more")
            : "larger than need be";
    return one.verdict().isEmpty()
        ? new Considered(one.type(), one.bytes(), one.fits(), otherwise)
        : one;
  }

  private static List<String> reasons(
      Target target,
      Goal goal,
      OptionalLong memory,
      ModelNeeds model,
      Optional<Considered> chosen,
      List<Considered> considered) {
    List<String> reasons = new ArrayList<>();
    if (chosen.isEmpty()) {
      Considered smallest =
          considered.stream().min(Comparator.comparingLong(Considered::bytes)).orElseThrow();
      reasons.add(
          "nothing fits: even %s takes %s with the context and the program, and there are %s; take a smaller model, a shorter context (--ctx), or a machine with more memory"
              .formatted(
                  smallest.type().type().title(),
                  gibibytes(smallest.bytes() + model.cacheBytes() + OVERHEAD),
                  gibibytes(memory.orElse(0))));
      return reasons;
    }
    Considered one = chosen.get();
    Measured type = one.type();
    reasons.add(
        switch (goal) {
          case SIZE -> "the smallest type whose answers are still those of the model";
          case SPEED ->
              "decoding reads every weight once a token, so the smallest file that answers well is the fastest";
          case QUALITY -> "the best answers for the memory";
        });
    reasons.add(
        String.format(
            Locale.ROOT,
            "measured on Llama 3 8B%s: mean KL divergence %.4f nats (F16 itself: %.4f); smaller models lose more",
            type.weighted() ? " with an importance matrix" : "",
            type.divergence(),
            Measured.ALL.getFirst().divergence()));
    if (type.divergence() > goal.tolerated()) {
      reasons.add(
          "what loses no more than the goal accepts (%s nats) does not fit the memory"
              .formatted(goal.tolerated()));
    }
    reasons.add(
        "%s of weights%s"
            .formatted(
                gibibytes(one.bytes()),
                model.cacheBytes() == 0
                    ? ""
                    : " and " + gibibytes(model.cacheBytes()) + " for the context"));
    if (model.quantized()) {
      reasons.add(
          "the model is quantized already, and quantizing again loses more than this: take the original, where it can be had");
    }
    reasons.addAll(target.remarks());
    return reasons;
  }

  private static List<String> commands(Target target, ModelNeeds model, Measured type) {
    String name = model.source().isPresent() ? model.name() : "MODEL.gguf";
    String base = name.endsWith(".gguf") ? name.substring(0, name.length() - 5) : name;
    String result = base + "-" + type.type().title() + ".gguf";
    List<String> commands = new ArrayList<>();
    if (type.weighted()) {
      commands.add("gatun imatrix %s TEXT.txt -o %s.imatrix.gguf".formatted(name, base));
    }
    commands.add(
        "gatun quantize %s %s %s%s%s"
            .formatted(
                name,
                result,
                type.type().title(),
                type.weighted() ? " --imatrix " + base + ".imatrix.gguf" : "",
                model.quantized() ? " --allow-requantize" : ""));
    commands.add("gatun validate %s %s".formatted(name, result));
    commands.add("gatun run %s --backend %s \"…\"".formatted(result, target.backend()));
    return commands;
  }

  private static String gibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
  }
}
