package dev.gatun.cli.command;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.cli.output.Printable;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.pipelines.OnnxSurvey;
import dev.gatun.pipelines.OnnxSurvey.AbsentLine;
import dev.gatun.pipelines.OnnxSurvey.DeviceLine;
import dev.gatun.pipelines.OnnxSurvey.RefusedLine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What ONNX networks ask of this machine, as text and JSON members. */
final class OnnxExplanation {
  private OnnxExplanation() {}

  static Map<String, Object> members(List<OnnxSurvey> surveys) {
    var mapper = new ObjectMapper();
    List<Map<String, Object>> networks =
        surveys.stream()
            .map(survey -> {
              Map<String, Object> members = new LinkedHashMap<>();
              members.put("file", survey.file());
              members.put("inputs", survey.inputs());
              members.put("outputs", survey.outputs());
              members.put("ops", survey.ops());
              members.put("flops", survey.flops());
              members.put("sizes", survey.sizes());
              members.put("devices", converted(mapper, survey.devices()));
              members.put("absent", converted(mapper, survey.absent()));
              members.put("plan", survey.plan().map(Plans::members).orElse(null));
              members.put("problem", survey.problem());
              return members;
            })
            .toList();
    return Map.of("networks", networks);
  }

  private static List<Map<String, Object>> converted(ObjectMapper mapper, List<?> records) {
    return mapper.convertValue(records, new TypeReference<List<Map<String, Object>>>() {});
  }

  static String text(OnnxSurvey survey) {
    var text = new StringBuilder();
    text.append(Printable.of(survey.file())).append(": ");
    text.append(Printable.of(survey.inputs() + " -> " + survey.outputs())).append('\n');
    text.append(
        "%d nodes of %d ops, %s FLOPs%s\n"
            .formatted(
                survey.ops().values().stream().mapToInt(Integer::intValue).sum(),
                survey.ops().size(),
                Units.count((long) survey.flops()),
                survey.sizes().isEmpty() ? "" : " at " + survey.sizes()));
    text.append(
        survey.ops().entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", ", "ops: ", "\n\n")));
    var table = new Table("DEVICE", "TAKES NODES", "OF ALL", "OF FLOPS", "OF OPS");
    for (DeviceLine line : survey.devices()) {
      table.row(
          line.device(),
          line.nodes(),
          percent(line.nodeShare()),
          percent(line.flopShare()),
          line.ops() + " of " + survey.ops().size());
    }
    text.append(table.toText());
    refusals(text, survey.devices());
    for (AbsentLine line : survey.absent()) {
      text.append(line.backend()).append(": ").append(line.reason());
      text.append(line.remedy().isEmpty() ? "" : "; " + line.remedy()).append('\n');
    }
    text.append('\n');
    text.append(survey.plan().map(plan -> plan.toText()).orElse(survey.problem() + "\n"));
    return text.toString();
  }

  private static void refusals(StringBuilder text, List<DeviceLine> devices) {
    if (devices.stream().allMatch(line -> line.refused().isEmpty())) {
      return;
    }
    var table = new Table("DEVICE", "REFUSES", "NODES", "FIRST", "REASON");
    for (DeviceLine line : devices) {
      for (RefusedLine refused : line.refused()) {
        String remedy = refused.remedy().isEmpty() ? "" : "; " + refused.remedy();
        table.row(
            line.device(),
            refused.op(),
            refused.nodes(),
            Printable.of(refused.example()),
            Printable.of(refused.reason() + remedy));
      }
    }
    text.append('\n').append(table.toText());
  }

  private static String percent(double share) {
    return Units.fixed(100 * share, 1) + " %";
  }
}
