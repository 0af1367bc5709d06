package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.quantize.onnx.OnnxQuantizeReport.Change;
import dev.gatun.quantize.onnx.OnnxQuantizeReport.Kept;
import java.util.ArrayList;
import java.util.List;

/** What passes did, for the report. */
final class PassLog {
  private final OnnxQuantizeListener listener;
  private final List<Change> changes = new ArrayList<>();
  private final List<Kept> kept = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  PassLog(OnnxQuantizeListener listener) {
    this.listener = listener;
  }

  void changed(OnnxNode node, String into) {
    changes.add(new Change(node.label(), node.type(), into));
  }

  void kept(OnnxNode node, String reason) {
    kept.add(new Kept(node.label(), node.type(), reason));
  }

  void warn(String text) {
    warnings.add(text);
  }

  void progress(String text) {
    listener.message(text);
  }

  List<Change> changes() {
    return changes;
  }

  List<Kept> kept() {
    return kept;
  }

  OnnxQuantizeReport report(long before, long after, List<OnnxQuantizeReport.Refusal> refusals) {
    return new OnnxQuantizeReport(before, after, changes, kept, warnings, refusals);
  }
}
