package dev.gatun.bench.method;

import dev.gatun.bench.report.Quantity;
import dev.gatun.bench.report.Row.Accuracy;
import dev.gatun.bench.report.Row.Accuracy.Verdict;
import dev.gatun.bench.task.Answer;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the answers of devices compare with that of one of them. */
final class Accuracies {
  /** The device whose single-precision Java arithmetic is nearest to the definitions. */
  private static final String PREFERRED = "vector";

  /** Relative errors up to which results are the same but for rounding. */
  static final double SAME = 1e-3;

  /** Relative errors up to which 8-bit arithmetic may come, when labels agree. */
  static final double CLOSE = 0.15;

  /** Least share of labels that agree. */
  static final double AGREEMENT = 0.85;

  private final Map<String, Answer> answers = new LinkedHashMap<>();

  void add(String device, Answer answer) {
    answers.putIfAbsent(device, answer);
  }

  /** The device that the others are compared with: {@code vector}, else the first. */
  private String reference() {
    return answers.keySet().stream()
        .filter(device -> device.startsWith(PREFERRED + ":"))
        .findFirst()
        .orElseGet(() -> answers.keySet().iterator().next());
  }

  Accuracy of(String device) {
    Answer own = answers.get(device);
    if (own == null) {
      return unknown("", "it cannot be asked");
    }
    String reference = reference();
    Answer theirs = answers.get(reference);
    if (device.equals(reference)) {
      Quantity none = Quantity.of(0);
      return new Accuracy(reference, none, none, Quantity.of(1), Verdict.REFERENCE);
    }
    if (own.values().size() != theirs.values().size()
        || own.labels().size() != theirs.labels().size()) {
      return new Accuracy(
          reference,
          Quantity.unavailable("the results have other shapes"),
          Quantity.unavailable("the results have other shapes"),
          Quantity.of(0),
          Verdict.DIFFERS);
    }
    return compare(reference, own, theirs);
  }

  private static Accuracy compare(String reference, Answer own, Answer theirs) {
    double largest = 0;
    double error = 0;
    double norm = 0;
    for (int i = 0; i < own.values().size(); i++) {
      double difference = Math.abs((double) own.values().get(i) - theirs.values().get(i));
      // A NaN is no small difference.
      largest = difference <= largest ? largest : difference;
      error += difference * difference;
      norm += (double) theirs.values().get(i) * theirs.values().get(i);
    }
    double relative = norm == 0 ? Math.sqrt(error) : Math.sqrt(error / norm);
    int same = 0;
    for (int i = 0; i < own.labels().size(); i++) {
      same += own.labels().get(i).equals(theirs.labels().get(i)) ? 1 : 0;
    }
    double agreement = own.labels().isEmpty() ? 1 : (double) same / own.labels().size();
    if (Double.isNaN(relative)) {
      return new Accuracy(
          reference,
          Quantity.unavailable("some results are no numbers"),
          Quantity.unavailable("some results are no numbers"),
          Quantity.of(agreement),
          Verdict.DIFFERS);
    }
    Verdict verdict =
        relative <= SAME && agreement == 1
            ? Verdict.SAME
            : relative <= CLOSE && agreement >= AGREEMENT ? Verdict.CLOSE : Verdict.DIFFERS;
    return new Accuracy(
        reference, Quantity.of(largest), Quantity.of(relative), Quantity.of(agreement), verdict);
  }

  static Accuracy unknown(String reference, String reason) {
    Quantity none = Quantity.unavailable(reason);
    return new Accuracy(reference, none, none, none, Verdict.UNKNOWN);
  }
}
