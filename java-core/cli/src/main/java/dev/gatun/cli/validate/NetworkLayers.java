package dev.gatun.cli.validate;

import dev.gatun.cli.validate.ValidationReport.Section;
import dev.gatun.quantize.validate.NetworkErrors;
import dev.gatun.quantize.validate.NetworkErrors.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The layers of two ONNX networks, ready to be shown. */
final class NetworkLayers {
  private static final int SHOWN = 10;

  private NetworkLayers() {}

  static List<Section> tables(NetworkErrors errors) {
    return List.of(
        table("Weights by the result of their layer, worst first", errors.weights()),
        table("What the layers give, worst first", errors.outputs()));
  }

  private static Section table(String title, List<Line> lines) {
    List<List<String>> rows = new ArrayList<>();
    lines.stream()
        .filter(line -> !line.agreement().exact())
        .sorted(Comparator.comparingDouble(line -> line.agreement().snr()))
        .forEach(line -> {
          List<String> row = new ArrayList<>(List.of(line.layer()));
          row.addAll(WeightSections.cells(line.agreement()));
          rows.add(row);
        });
    return new Section(
        "%s (%d of %d are the same)".formatted(title, lines.size() - rows.size(), lines.size()),
        List.of("layer", "SNR dB", "largest error", "cosine"),
        rows,
        SHOWN);
  }

  static Map<String, String> plots(NetworkErrors errors) {
    Map<String, String> plots = new LinkedHashMap<>();
    plots.put("Signal to noise of the weights", plot(errors.weights()));
    plots.put("Signal to noise of what the layers give", plot(errors.outputs()));
    return plots;
  }

  private static String plot(List<Line> lines) {
    return Plots.dots(
        "layers in order; up: dB",
        "dB",
        lines.stream()
            .map(line -> new Plots.Dot(line.layer(), line.agreement().snr(), "d0"))
            .toList());
  }

  /** For machines. */
  static Map<String, Object> members(NetworkErrors errors) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("weights", members(errors.weights()));
    members.put("outputs", members(errors.outputs()));
    return members;
  }

  private static List<Object> members(List<Line> lines) {
    List<Object> layers = new ArrayList<>();
    for (Line line : lines) {
      Map<String, Object> layer = new LinkedHashMap<>();
      layer.put("layer", line.layer());
      layer.putAll(DecoderJson.agreement(line.agreement()));
      layers.add(layer);
    }
    return layers;
  }
}
