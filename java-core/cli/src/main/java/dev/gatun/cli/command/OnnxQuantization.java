package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Units;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.quantize.onnx.OnnxQuantizeOptions;
import dev.gatun.quantize.onnx.OnnxQuantizeReport;
import dev.gatun.quantize.onnx.OnnxQuantizer;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Quantizes the ONNX network of a model for a command, and prints what was done. */
final class OnnxQuantization {
  private static final int SHOWN = 12;

  private final Output output;
  private final boolean json;

  OnnxQuantization(Output output, boolean json) {
    this.output = output;
    this.json = json;
  }

  /**
   * Writes the quantized model.
   *
   * @param target an ONNX file; else a folder, which also gets the small files beside the source
   *     (tokenizer, configuration)
   */
  int run(GatunRuntime runtime, ModelFolder source, Path target, OnnxQuantizationOptions options) {
    Path network = source.network("model.onnx");
    boolean folder = !target.toString().endsWith(".onnx");
    OnnxQuantizeOptions wanted = options.options(runtime, source, output);
    Path file = folder ? target.resolve("model.onnx") : target;
    try {
      if (Files.exists(file) && Files.isSameFile(file, network)) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "source and target are the same file, %s; give another target".formatted(file));
      }
      OnnxQuantizeReport report = quantize(network, file, folder, wanted);
      if (folder) {
        copyCompanions(source, target);
      }
      print(source.name(), file, wanted, report);
      return 0;
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.FAILURE,
          "%s cannot be written (%s)".formatted(target, GatunException.reason(e)),
          e);
    }
  }

  /** Quantizes; a folder that was made for it does not stay when that fails. */
  private static OnnxQuantizeReport quantize(
      Path network, Path file, boolean folder, OnnxQuantizeOptions wanted) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    boolean made = folder && Files.notExists(parent);
    if (folder) {
      Files.createDirectories(parent);
    }
    boolean done = false;
    try {
      OnnxQuantizeReport report = OnnxQuantizer.quantize(network, file, wanted, text -> {});
      done = true;
      return report;
    } finally {
      if (made && !done) {
        Files.deleteIfExists(parent);
      }
    }
  }

  /** Files that pipelines read beside a network. */
  private static void copyCompanions(ModelFolder source, Path target) throws IOException {
    for (Map.Entry<String, Path> file : source.files().entrySet()) {
      String name = file.getKey();
      if (name.endsWith(".json") || name.endsWith(".txt")) {
        Files.copy(file.getValue(), target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private void print(
      String source, Path target, OnnxQuantizeOptions options, OnnxQuantizeReport report) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("source", source);
      members.put("target", target.toString());
      members.put("scheme", options.scheme().describe());
      members.put("bytesBefore", report.bytesBefore());
      members.put("bytesAfter", report.bytesAfter());
      members.put(
          "changes",
          report.changes().stream()
              .map(change ->
                  Map.of("node", change.node(), "type", change.type(), "into", change.into()))
              .toList());
      members.put(
          "kept",
          report.kept().stream()
              .map(
                  kept -> Map.of("node", kept.node(), "type", kept.type(), "reason", kept.reason()))
              .toList());
      members.put("warnings", report.warnings());
      members.put(
          "refusals",
          report.refusals().stream()
              .map(
                  each -> Map.of("node", each.node(), "type", each.type(), "reason", each.reason()))
              .toList());
      output.line(Json.document("quantize-onnx", 1, members));
      return;
    }
    report.warnings().forEach(warning -> output.note("gatun: " + warning));
    output.line(
        "%s: %s, %s (%s %% of %s)"
            .formatted(
                target,
                options.scheme().describe(),
                Units.bytes(report.bytesAfter()),
                Units.fixed(100.0 * report.bytesAfter() / report.bytesBefore(), 1),
                Units.bytes(report.bytesBefore())));
    report.changes().stream()
        .collect(
            Collectors.groupingBy(
                change -> change.type() + " -> " + change.into(),
                java.util.TreeMap::new,
                Collectors.counting()))
        .forEach((what, count) -> output.line("  %4d %s".formatted(count, what)));
    options
        .target()
        .ifPresent(where -> {
          String found = report.refusals().isEmpty() ? "nothing known" : "";
          output.line("  %s would refuse: %s".formatted(where.label(), found));
        });
    report.refusals().stream()
        .limit(SHOWN)
        .forEach(each ->
            output.line("    %s (%s): %s".formatted(each.node(), each.type(), each.reason())));
    if (report.refusals().size() > SHOWN) {
      output.line("    and %d more; --json lists them".formatted(report.refusals().size() - SHOWN));
    }
    List<OnnxQuantizeReport.Kept> kept = report.kept();
    kept.stream()
        .limit(SHOWN)
        .forEach(each -> output.line("  kept %s: %s".formatted(each.node(), each.reason())));
    if (kept.size() > SHOWN) {
      output.line("  and %d more; --json lists them".formatted(kept.size() - SHOWN));
    }
  }
}
