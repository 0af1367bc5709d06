package dev.gatun.pipelines.filetype;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.json.JsonFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A magika model's {@code config.min.json} (format 3).
 *
 * @param beginning tokens from a file's beginning
 * @param end tokens from its end
 * @param block bytes that are read at each of both
 * @param smallest bytes below which the model is not asked
 * @param padding the token that stands for no byte
 * @param labels what the model tells apart, in the order of its output
 * @param mediumThreshold least score of any label
 * @param thresholds least scores of some labels
 * @param replaced labels that are answered by another
 */
record MagikaConfig(
    int beginning,
    int end,
    int block,
    int smallest,
    int padding,
    List<String> labels,
    double mediumThreshold,
    Map<String, Double> thresholds,
    Map<String, String> replaced) {
  private static final int MAX_TOKENS = 1 << 16;

  static MagikaConfig read(Path file) {
    JsonFile json = JsonFile.read(file);
    JsonNode root = json.root();
    if (root.path("mid_size").asInt() != 0 || root.path("use_inputs_at_offsets").asBoolean()) {
      throw json.bad("asks for bytes from the middle of files, which is not supported");
    }
    List<String> labels = new ArrayList<>();
    root.path("target_labels_space").forEach(label -> labels.add(label.asText()));
    Map<String, Double> thresholds = new LinkedHashMap<>();
    root.path("thresholds")
        .properties()
        .forEach(entry -> thresholds.put(entry.getKey(), entry.getValue().asDouble()));
    Map<String, String> replaced = new LinkedHashMap<>();
    root.path("overwrite_map")
        .properties()
        .forEach(entry -> replaced.put(entry.getKey(), entry.getValue().asText()));
    var config =
        new MagikaConfig(
            json.number("beg_size", 1, MAX_TOKENS),
            json.number("end_size", 0, MAX_TOKENS),
            json.number("block_size", 1, MAX_TOKENS),
            json.number("min_file_size_for_dl", 1, MAX_TOKENS),
            json.number("padding_token", 256, Integer.MAX_VALUE),
            List.copyOf(labels),
            root.path("medium_confidence_threshold").asDouble(),
            Map.copyOf(thresholds),
            Map.copyOf(replaced));
    boolean sound =
        !labels.isEmpty()
            && config.smallest <= config.beginning
            && config.beginning <= config.block
            && config.end <= config.block;
    if (!sound) {
      throw json.bad("is no configuration of a magika model, or contradicts itself");
    }
    return config;
  }

  /** Tokens of one file. */
  int tokens() {
    return beginning + end;
  }

  /** Score from which on a label is believed. */
  double threshold(String label, FileTypeOptions.Confidence confidence) {
    return switch (confidence) {
      case HIGH -> thresholds.getOrDefault(label, mediumThreshold);
      case MEDIUM -> mediumThreshold;
      case GUESS -> Double.NEGATIVE_INFINITY;
    };
  }
}
