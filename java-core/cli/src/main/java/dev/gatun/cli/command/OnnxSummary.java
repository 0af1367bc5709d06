package dev.gatun.cli.command;

import dev.gatun.cli.output.Printable;
import dev.gatun.cli.output.Units;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.runtime.store.LocatedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an ONNX model consists of, file by file.
 *
 * @param operators how many nodes of each operator
 * @param inputs name and shape of each, as the file says
 */
record OnnxSummary(
    String file,
    long bytes,
    String producer,
    Map<String, Long> opsets,
    int nodes,
    int weights,
    Map<String, Long> operators,
    List<String> inputs,
    List<String> outputs) {
  /** Whether a located model is in ONNX. */
  static boolean isOnnx(LocatedModel located) {
    return located.paths().stream().anyMatch(OnnxSummary::isOnnx);
  }

  private static boolean isOnnx(Path path) {
    return path.toString().endsWith(".onnx");
  }

  /** The model's files in order; those that are not ONNX have name and size alone. */
  static List<OnnxSummary> of(LocatedModel located) {
    return located.paths().stream().map(OnnxSummary::of).toList();
  }

  private static OnnxSummary of(Path path) {
    String name = path.getFileName().toString();
    long bytes;
    try {
      bytes = Files.size(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!isOnnx(path)) {
      return new OnnxSummary(name, bytes, "", Map.of(), 0, 0, Map.of(), List.of(), List.of());
    }
    try (OnnxFile file = OnnxFile.open(path)) {
      OnnxModel model = file.model();
      Map<String, Long> operators =
          model.graph().nodes().stream()
              .collect(
                  Collectors.groupingBy(node -> node.type(), TreeMap::new, Collectors.counting()));
      return new OnnxSummary(
          name,
          bytes,
          model.producer(),
          new TreeMap<>(model.opsets()),
          model.graph().nodes().size(),
          model.graph().initializers().size(),
          operators,
          model.graph().inputs().stream()
              .filter(input -> !model.graph().initializers().containsKey(input.name()))
              .map(OnnxSummary::text)
              .toList(),
          model.graph().outputs().stream().map(OnnxSummary::text).toList());
    }
  }

  private static String text(OnnxValueInfo info) {
    String dims =
        info.dims()
            .map(all ->
                all.stream()
                    .map(extent ->
                        switch (extent) {
                          case OnnxValueInfo.Size(long size) -> Long.toString(size);
                          case OnnxValueInfo.Named(String name) -> name.isEmpty() ? "?" : name;
                        })
                    .collect(Collectors.joining(", ", "[", "]")))
            .orElse("of any shape");
    return Printable.of(info.name() + " " + dims);
  }

  /** Lines for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(file + ": " + Units.bytes(bytes));
    if (opsets.isEmpty()) {
      return lines;
    }
    String sets =
        opsets.entrySet().stream()
            .map(set -> (set.getKey().isEmpty() ? "ONNX" : set.getKey()) + " " + set.getValue())
            .collect(Collectors.joining(", "));
    lines.add(
        "  %d nodes, %d weights, operator sets %s%s"
            .formatted(
                nodes,
                weights,
                Printable.of(sets),
                producer.isEmpty() ? "" : ", written by " + Printable.of(producer)));
    inputs.forEach(input -> lines.add("  input  " + input));
    outputs.forEach(output -> lines.add("  output " + output));
    lines.add(
        "  "
            + Printable.of(
                operators.entrySet().stream()
                    .map(operator -> operator.getKey() + " " + operator.getValue())
                    .collect(Collectors.joining(", "))));
    return lines;
  }

  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("file", file);
    members.put("bytes", bytes);
    if (!opsets.isEmpty()) {
      members.put("producer", producer);
      members.put("opsets", opsets);
      members.put("nodes", nodes);
      members.put("weights", weights);
      members.put("inputs", inputs);
      members.put("outputs", outputs);
      members.put("operators", operators);
    }
    return members;
  }
}
