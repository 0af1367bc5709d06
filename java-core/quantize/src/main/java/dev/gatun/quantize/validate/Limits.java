package dev.gatun.quantize.validate;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a candidate's figures may be. Immutable.
 *
 * <p>The defaults fit a model of four bits that is meant to replace the original: published
 * four-bit files of good models stay below 0.1 nats of divergence and keep nine of ten most likely
 * tokens.
 */
public final class Limits {
  /** Figures that can have a limit. */
  public enum Figure {
    DIVERGENCE("kld", "mean KL divergence, nats", 0.1, true),
    PERPLEXITY_RATIO("ppl-ratio", "perplexity over the reference's", 1.1, true),
    SAME_TOP("same-top", "share of tokens with the same most likely successor", 0.9, false),
    NOT_FINITE("not-finite", "outputs that are NaN or infinite", 0, true),
    COSINE("cosine", "mean cosine to the reference's vectors", 0.99, false),
    LEAST_COSINE("least-cosine", "smallest cosine to a reference's vector", 0.95, false),
    OUTPUT_COSINE("output-cosine", "smallest cosine to a reference's output", 0.99, false),
    TASK_ACCURACY("task-accuracy", "share of right answers on the labelled file", 0, false),
    TASK_LOSS("task-loss", "right answers lost against the reference, as a share", 0.01, true);

    private final String name;
    private final String what;
    private final double usual;
    private final boolean most;

    Figure(String name, String what, double usual, boolean most) {
      this.name = name;
      this.what = what;
      this.usual = usual;
      this.most = most;
    }

    /** Its name in options and reports. */
    public String id() {
      return name;
    }

    /** What it is, for people. */
    public String what() {
      return what;
    }
  }

  /** The usual limits. */
  public static final Limits DEFAULT = new Limits(Map.of());

  private final Map<Figure, Double> limits;

  private Limits(Map<Figure, Double> given) {
    Map<Figure, Double> all = new LinkedHashMap<>();
    for (Figure figure : Figure.values()) {
      all.put(figure, given.getOrDefault(figure, figure.usual));
    }
    limits = Collections.unmodifiableMap(all);
  }

  /**
   * The usual limits, but for some.
   *
   * @param given by {@link Figure#id}
   * @throws GatunException of kind USAGE when there is no such figure
   */
  public static Limits of(Map<String, Double> given) {
    Map<Figure, Double> known = new LinkedHashMap<>();
    given.forEach((name, value) -> known.put(figure(name), value));
    return new Limits(known);
  }

  private static Figure figure(String name) {
    List<String> names = new ArrayList<>();
    for (Figure figure : Figure.values()) {
      if (figure.name.equals(name)) {
        return figure;
      }
      names.add(figure.name);
    }
    throw new GatunException(
        Kind.USAGE, "there is no threshold '" + name + "', only " + String.join(", ", names));
  }

  /** Limits by figure, all of them. */
  public Map<Figure, Double> all() {
    return limits;
  }

  /** Judges a figure. */
  public Verdict judge(Figure figure, double measured) {
    return new Verdict(figure.name, figure.what, measured, limits.get(figure), figure.most);
  }
}
