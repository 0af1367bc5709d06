package dev.gatun.cli.validate;

import dev.gatun.cli.output.Units;
import dev.gatun.cli.validate.ValidationReport.Section;
import dev.gatun.models.eval.Accuracy;
import dev.gatun.models.eval.Estimate;
import dev.gatun.quantize.validate.TaskReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What two models made of a labelled file, ready to be shown. */
final class TaskSections {
  private TaskSections() {}

  static Section table(TaskReport report) {
    List<List<String>> rows = new ArrayList<>();
    for (TaskReport.Measure measure : report.measures()) {
      rows.add(
          List.of(
              measure.name(),
              percent(measure.reference()),
              percent(measure.candidate()),
              Integer.toString(measure.changed())));
    }
    return new Section(
        "Labelled file, %d examples".formatted(examples(report)),
        List.of("share of right answers", "reference", "candidate", "answers that changed"),
        rows,
        rows.size());
  }

  private static int examples(TaskReport report) {
    return report.measures().getFirst().candidate().right().size();
  }

  private static String percent(Accuracy accuracy) {
    Estimate value = accuracy.value();
    return Units.fixed(100 * value.value(), 1) + " ± " + Units.fixed(100 * value.error(), 1) + "%";
  }

  /** For machines. */
  static Map<String, Object> members(TaskReport report) {
    List<Object> measures = new ArrayList<>();
    for (TaskReport.Measure measure : report.measures()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("measure", measure.name());
      line.put("reference", DecoderJson.estimate(measure.reference().value()));
      line.put("candidate", DecoderJson.estimate(measure.candidate().value()));
      line.put("changed", measure.changed());
      line.put("right", measure.candidate().right());
      measures.add(line);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("examples", examples(report));
    members.put("measures", measures);
    return members;
  }
}
