package dev.gatun.cli.validate;

import dev.gatun.models.eval.Divergence;
import dev.gatun.models.eval.Estimate;
import dev.gatun.models.eval.MultipleChoice.Answer;
import dev.gatun.quantize.validate.Agreement;
import dev.gatun.quantize.validate.DecoderReport;
import dev.gatun.quantize.validate.DecoderSide;
import dev.gatun.quantize.validate.LayerErrors;
import dev.gatun.quantize.validate.WeightErrors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A comparison of two decoders, for machines. */
final class DecoderJson {
  private DecoderJson() {}

  static Map<String, Object> members(DecoderReport report) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("window", report.window());
    members.put("exact", report.exact());
    members.put("predictions", predictions(report.divergence()));
    report.reference().ifPresent(side -> members.put("reference", side(side)));
    members.put("candidate", side(report.candidate()));
    report
        .task()
        .ifPresent(task -> {
          Map<String, Object> line = new LinkedHashMap<>(TaskSections.members(task));
          line.put(
              "logLikelihoods",
              report.candidate().answers().stream().map(Answer::logLikelihoods).toList());
          members.put("task", line);
        });
    members.put("weights", weights(report.weights()));
    List<Object> layers = new ArrayList<>();
    for (LayerErrors.Line line : report.layers()) {
      Map<String, Object> layer = new LinkedHashMap<>();
      layer.put("block", line.layer());
      layer.putAll(agreement(line.agreement()));
      layers.add(layer);
    }
    members.put("blocks", layers);
    return members;
  }

  private static Map<String, Object> predictions(Divergence d) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("tokens", d.tokens());
    members.put("perplexity", estimate(d.perplexity()));
    members.put("referencePerplexity", estimate(d.reference()));
    members.put("correlation", finite(d.correlation()));
    members.put("ratio", estimate(d.ratio()));
    members.put("logRatio", estimate(d.logRatio()));
    members.put("difference", estimate(d.difference()));
    members.put("divergence", estimate(d.mean()));
    members.put("divergencePercentiles", DecoderSections.percentiles(d.divergences()));
    members.put("probabilityChange", estimate(d.meanChange()));
    members.put("probabilityChangeRms", estimate(d.rootMeanSquareChange()));
    members.put("probabilityChangePercentiles", DecoderSections.percentiles(d.changes()));
    members.put("sameTop", estimate(d.sameTop()));
    return members;
  }

  private static Map<String, Object> side(DecoderSide side) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("model", side.name());
    members.put("bytes", side.bytes());
    members.put("devices", side.devices());
    members.put("arithmetic", side.choices());
    members.put("compileSeconds", side.compileSeconds());
    members.put("prefillTokensPerSecond", side.prefillRate());
    members.put("decodeTokensPerSecond", side.decodeRate());
    side.peakBytes().ifPresent(bytes -> members.put("peakBytes", bytes));
    members.put("notFinite", side.notFinite());
    members.put("largestLogit", side.largest());
    List<Object> edges = new ArrayList<>();
    for (DecoderSide.Edge edge : side.edges()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("text", edge.name());
      line.put("tokens", edge.tokens());
      line.put("finite", edge.finite());
      line.put("top", edge.top());
      edges.add(line);
    }
    members.put("edges", edges);
    return members;
  }

  static Map<String, Object> weights(WeightErrors errors) {
    List<Object> tensors = new ArrayList<>();
    for (WeightErrors.Line line : errors.tensors()) {
      Map<String, Object> tensor = new LinkedHashMap<>();
      tensor.put("tensor", line.tensor());
      tensor.put("from", line.reference().toString());
      tensor.put("to", line.candidate().toString());
      tensor.putAll(agreement(line.agreement()));
      tensors.add(tensor);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("tensors", tensors);
    members.put("missing", errors.missing());
    members.put("added", errors.added());
    members.put("reshaped", errors.reshaped());
    return members;
  }

  static Map<String, Object> agreement(Agreement agreement) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("exact", agreement.exact());
    members.put("snrDb", finite(agreement.snr()));
    members.put("largestError", agreement.largest());
    members.put("cosine", finite(agreement.cosine()));
    members.put("notFinite", agreement.notFinite());
    return members;
  }

  static Map<String, Object> estimate(Estimate estimate) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("value", finite(estimate.value()));
    members.put("standardError", finite(estimate.error()));
    return members;
  }

  /** JSON has no infinities. */
  static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
