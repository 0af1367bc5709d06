package dev.gatun.runtime.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An {@link Explanation} as text. */
final class ExplanationText {
  private ExplanationText() {}

  static String format(Explanation explanation) {
    var text = new StringBuilder();
    text.append("%s, policy %s\n".formatted(explanation.model(), explanation.policy()));
    explanation.tuned().forEach(line -> text.append("tuned: %s\n".formatted(line.text())));
    explanation.notes().forEach(note -> text.append(note).append('\n'));
    slices(text, explanation);
    devices(text, explanation);
    weights(text, explanation);
    copies(text, explanation);
    passedOver(text, explanation);
    return text.toString();
  }

  private static void slices(StringBuilder text, Explanation explanation) {
    var table = new TextTable("SLICE", "DEVICE", "NODES", "FROM", "TO", "CAUSE");
    for (Explanation.SliceLine line : explanation.slices()) {
      table.row(
          line.index(),
          line.device(),
          line.nodes(),
          line.firstNode(),
          line.lastNode(),
          line.cause());
    }
    text.append('\n').append(table);
  }

  private static void devices(StringBuilder text, Explanation explanation) {
    var table = new TextTable("DEVICE", "NAME", "NODES", "OF ALL", "FLOPS", "OF ALL", "BYTES");
    for (Explanation.DeviceLine line : explanation.devices()) {
      table.row(
          line.device(),
          line.name(),
          line.nodes(),
          percent(line.nodeShare()),
          amount(line.flops()),
          percent(line.flopShare()),
          amount(line.bytes()));
    }
    text.append('\n').append(table);
  }

  private static void weights(StringBuilder text, Explanation explanation) {
    var table = new TextTable("WEIGHTS", "TENSORS", "BYTES", "DEVICE", "EXACTNESS", "HOW");
    for (Explanation.WeightLine line : explanation.weights()) {
      table.row(
          line.format(),
          line.tensors(),
          amount((double) line.bytes()),
          line.device(),
          line.exactness(),
          line.how());
    }
    text.append('\n').append(table);
  }

  private static void copies(StringBuilder text, Explanation explanation) {
    if (explanation.copies().isEmpty()) {
      return;
    }
    var table = new TextTable("COPIED VALUE", "FROM", "TO", "BYTES");
    for (Explanation.CopyLine line : explanation.copies()) {
      table.row(line.value(), line.from(), line.to(), amount((double) line.bytes()));
    }
    text.append('\n').append(table);
  }

  private static void passedOver(StringBuilder text, Explanation explanation) {
    if (explanation.passedOver().isEmpty()) {
      return;
    }
    var table = new TextTable("PASSED OVER", "STAGE", "REASON");
    for (Explanation.PassedOverLine line : explanation.passedOver()) {
      List<String> reason = new ArrayList<>(List.of(line.reason()));
      reason.addAll(line.examples());
      if (!line.remedy().isEmpty()) {
        reason.add(line.remedy());
      }
      table.row(
          line.id() + (line.fallback() ? " (fallback)" : ""),
          line.stage(),
          String.join("; ", reason));
    }
    text.append('\n').append(table);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** Three digits with an SI prefix. */
  private static String amount(double value) {
    String[] prefixes = {"", "k", "M", "G", "T", "P"};
    double scaled = value;
    int prefix = 0;
    while (scaled >= 1000 && prefix < prefixes.length - 1) {
      scaled /= 1000;
      prefix++;
    }
    return String.format(Locale.ROOT, scaled < 10 && prefix > 0 ? "%.2f" : "%.0f", scaled)
        + (prefix == 0 ? "" : " " + prefixes[prefix]);
  }
}
