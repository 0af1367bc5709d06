package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.quantize.imatrix.ImportanceMatrix;
import dev.gatun.quantize.imatrix.ImportanceStatistics;
import dev.gatun.quantize.imatrix.ImportanceStatistics.Layer;
import dev.gatun.quantize.imatrix.TensorStatistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Statistics of an importance matrix, for people and machines. */
final class ImportanceText {
  private ImportanceText() {}

  static void print(
      Output out,
      Path file,
      ImportanceMatrix matrix,
      ImportanceStatistics statistics,
      boolean json) {
    if (json) {
      out.line(json(file, matrix, statistics));
      return;
    }
    out.line(
        "%s: %d tensors, %d chunks, made of %s"
            .formatted(
                file,
                matrix.entries().size(),
                matrix.chunkCount(),
                matrix.datasets().isEmpty()
                    ? "an unknown text"
                    : String.join(", ", matrix.datasets())));
    out.text(tensors(statistics.tensors()));
    out.line("");
    out.text(layers(statistics.layers()));
  }

  private static String tensors(List<TensorStatistics> tensors) {
    var table =
        new Table(
            "layer",
            "tensor",
            "sum(act²)",
            "min",
            "max",
            "mean",
            "stddev",
            "active",
            "columns",
            "entropy",
            "evenness",
            "z>1",
            "cosine");
    for (TensorStatistics t : tensors) {
      table.row(
          t.layer() < 0 ? "-" : t.layer(),
          t.kind(),
          Units.fixed(t.sum(), 2),
          Units.fixed(t.min(), 4),
          Units.fixed(t.max(), 4),
          Units.fixed(t.mean(), 2),
          Units.fixed(t.deviation(), 2),
          Units.fixed(100 * t.active(), 2) + "%",
          t.elements(),
          Units.fixed(t.entropy(), 4),
          Units.fixed(100 * t.evenness(), 2) + "%",
          Units.fixed(100 * t.outliers(), 2) + "%",
          Units.fixed(t.similarity(), 4));
    }
    return table.toText();
  }

  private static String layers(List<Layer> layers) {
    var table = new Table("layer", "mean sum(act²)", "mean z>1", "mean cosine");
    for (Layer layer : layers) {
      table.row(
          layer.layer(),
          Units.fixed(layer.sum(), 2),
          Units.fixed(100 * layer.outliers(), 2) + "%",
          Units.fixed(layer.similarity(), 4));
    }
    return table.toText();
  }

  private static String json(Path file, ImportanceMatrix matrix, ImportanceStatistics statistics) {
    List<Map<String, Object>> tensors = new ArrayList<>();
    for (TensorStatistics t : statistics.tensors()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("tensor", t.tensor());
      line.put("layer", t.layer());
      line.put("columns", t.elements());
      line.put("sum", t.sum());
      line.put("min", t.min());
      line.put("max", t.max());
      line.put("mean", t.mean());
      line.put("standardDeviation", t.deviation());
      line.put("active", t.active());
      line.put("entropy", t.entropy());
      line.put("evenness", t.evenness());
      line.put("outliers", t.outliers());
      line.put("cosine", t.similarity());
      tensors.add(line);
    }
    List<Map<String, Object>> layers = new ArrayList<>();
    for (Layer layer : statistics.layers()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("layer", layer.layer());
      line.put("sum", layer.sum());
      line.put("outliers", layer.outliers());
      line.put("cosine", layer.similarity());
      layers.add(line);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("file", file.toString());
    members.put("chunks", matrix.chunkCount());
    members.put("datasets", matrix.datasets());
    members.put("tensors", tensors);
    members.put("layers", layers);
    return Json.document("imatrix-statistics", 1, members);
  }
}
