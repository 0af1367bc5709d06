package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.quantize.block.BlockQuantizer;
import dev.gatun.quantize.gguf.QuantizationPlan;
import dev.gatun.quantize.gguf.TensorPlan;
import dev.gatun.quantize.mix.TypeChoice;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A quantization of a GGUF file as text and as JSON.
 *
 * @param seconds that it took; 0 when nothing was written
 */
record QuantizationText(
    String model, String type, Path target, QuantizationPlan plan, double seconds) {
  /**
   * For a terminal.
   *
   * @param tensors whether every tensor is listed
   */
  String text(boolean tensors) {
    var text = new StringBuilder();
    if (tensors) {
      var table = new Table("TENSOR", "SHAPE", "FROM", "TO", "CAUSE");
      for (TensorPlan tensor : plan.tensors()) {
        table.row(
            tensor.name(),
            tensor.source().shape(),
            tensor.source().dtype(),
            tensor.type(),
            cause(tensor));
      }
      text.append(table.toText()).append('\n');
    }
    var table = new Table("TYPE", "TENSORS", "SIZE", "ENCODER");
    byType()
        .forEach((name, all) ->
            table.row(
                name,
                all.size(),
                Units.bytes(all.stream().mapToLong(TensorPlan::targetBytes).sum()),
                all.stream()
                    .map(QuantizationText::encoder)
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", "))));
    text.append(table.toText()).append('\n');
    text.append(
        "%s%s: %s -> %s, %s -> %s bits per weight%s%n"
            .formatted(
                written() ? "" : "would write ",
                target,
                Units.bytes(plan.sourceBytes()),
                Units.bytes(plan.targetBytes()),
                Units.fixed(8.0 * plan.sourceBytes() / plan.elements(), 2),
                Units.fixed(8.0 * plan.targetBytes() / plan.elements(), 2),
                written() ? ", " + Units.fixed(seconds, 1) + " s" : ""));
    long fallbacks =
        plan.tensors().stream()
            .filter(tensor -> tensor.choice().cause() == TypeChoice.Cause.FALLBACK)
            .count();
    if (fallbacks > 0) {
      text.append(
          "%d tensors have rows that do not fill the blocks of their type and got another (--tensors names them)%n"
              .formatted(fallbacks));
    }
    return text.toString();
  }

  private boolean written() {
    return seconds > 0;
  }

  /** Whose code makes the blocks of a tensor. */
  private static String encoder(TensorPlan tensor) {
    return tensor.copied() ? "copied" : BlockQuantizer.of(tensor.type()).encoder();
  }

  private static String cause(TensorPlan tensor) {
    return switch (tensor.choice().cause()) {
      case KEPT -> "kept";
      case MIX -> "mix";
      case ASKED -> "asked for";
      case FALLBACK -> "rows of " + tensor.source().shape().rowLength();
    };
  }

  private Map<String, List<TensorPlan>> byType() {
    return plan.tensors().stream()
        .collect(
            Collectors.groupingBy(
                tensor -> tensor.type().name(), TreeMap::new, Collectors.toList()));
  }

  /** For machines. */
  String json() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("model", model);
    members.put("type", type);
    members.put("file", written() ? target.toString() : null);
    members.put("sourceBytes", plan.sourceBytes());
    members.put("targetBytes", plan.targetBytes());
    members.put("elements", plan.elements());
    members.put("seconds", written() ? seconds : null);
    members.put("tensors", plan.tensors().stream().map(QuantizationText::members).toList());
    return Json.document("quantize", 1, members);
  }

  private static Map<String, Object> members(TensorPlan tensor) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", tensor.name());
    members.put("from", tensor.source().dtype().name());
    members.put("to", tensor.type().name());
    members.put("cause", tensor.choice().cause().name().toLowerCase(Locale.ROOT));
    members.put("encoder", encoder(tensor));
    return members;
  }
}
