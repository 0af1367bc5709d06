package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Printable;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a model's file contains. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows a model's metadata, tensors, sizes and bits per weight.")
public final class ShowCommand implements Callable<Integer> {
  private static final int LONGEST_VALUE = 100;

  @Parameters(paramLabel = "MODEL", description = "Name or file of a model.")
  private String model;

  @Option(names = "--tensors", description = "List every tensor.")
  private boolean tensors;

  @Option(names = "--full", description = "Show long values whole.")
  private boolean full;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      LocatedModel located = Loading.locate(runtime, model, output);
      if (OnnxSummary.isOnnx(located)) {
        show(OnnxSummary.of(located), output);
        return 0;
      }
      try (ModelSource source = ModelFiles.open(located.path())) {
        if (json) {
          output.line(Json.document("show", 1, members(source)));
        } else {
          print(source, output);
        }
      }
      return 0;
    }
  }

  private void show(List<OnnxSummary> files, Output output) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("name", model);
      members.put("files", files.stream().map(OnnxSummary::members).toList());
      output.line(Json.document("show", 1, members));
    } else {
      files.forEach(file -> file.lines().forEach(output::line));
    }
  }

  private static List<TensorInfo> infos(ModelSource source) {
    return source.tensorNames().stream().map(name -> source.info(name).orElseThrow()).toList();
  }

  private void print(ModelSource source, Output output) {
    List<TensorInfo> infos = infos(source);
    Totals totals = Totals.of(infos);
    output.line(
        "%s: %s weights in %d tensors, %s, %s bits per weight"
            .formatted(
                model,
                Units.count(totals.elements),
                infos.size(),
                Units.bytes(totals.bytes),
                Units.fixed(totals.bitsPerWeight(), 2)));
    output.line("");
    var types = new Table("TYPE", "TENSORS", "WEIGHTS", "SIZE");
    totals.byType.forEach((type, part) ->
        types.row(type, part.tensors, Units.count(part.elements), Units.bytes(part.bytes)));
    output.text(types.toText());
    output.line("");
    Metadata metadata = source.metadata();
    for (String key : metadata.keys()) {
      output.line(key + " = " + shortened(metadata.value(key).orElse("")));
    }
    if (tensors) {
      output.line("");
      var table = new Table("TENSOR", "TYPE", "SHAPE", "SIZE");
      for (TensorInfo info : infos) {
        table.row(info.name(), info.dtype(), info.shape(), Units.bytes(bytes(info)));
      }
      output.text(table.toText());
    }
  }

  private String shortened(Object value) {
    String text = MetadataText.of(value, full ? Integer.MAX_VALUE : 8).replace("\n", "\\n");
    text = Printable.of(text);
    return full || text.length() <= LONGEST_VALUE
        ? text
        : text.substring(0, LONGEST_VALUE - 1) + "…";
  }

  private Map<String, Object> members(ModelSource source) {
    List<TensorInfo> infos = infos(source);
    Totals totals = Totals.of(infos);
    Map<String, Object> metadata = new LinkedHashMap<>();
    for (String key : source.metadata().keys()) {
      metadata.put(key, source.metadata().value(key).orElse(null));
    }
    List<Map<String, Object>> list = new ArrayList<>();
    for (TensorInfo info : infos) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", info.name());
      entry.put("dtype", info.dtype().name());
      entry.put("shape", info.shape().toArray());
      entry.put("bytes", bytes(info));
      list.add(entry);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", model);
    members.put("weights", totals.elements);
    members.put("bytes", totals.bytes);
    members.put("bitsPerWeight", totals.bitsPerWeight());
    members.put("metadata", metadata);
    members.put("tensors", list);
    return members;
  }

  private static long bytes(TensorInfo info) {
    return info.dtype().byteSize(info.shape().elements());
  }

  /** Sums over tensors. */
  private static final class Totals {
    private final Map<DType, Totals> byType = new TreeMap<>();
    private int tensors;
    private long elements;
    private long bytes;

    static Totals of(List<TensorInfo> infos) {
      var totals = new Totals();
      for (TensorInfo info : infos) {
        totals.add(info);
        totals.byType.computeIfAbsent(info.dtype(), type -> new Totals()).add(info);
      }
      return totals;
    }

    private void add(TensorInfo info) {
      tensors++;
      elements += info.shape().elements();
      bytes += ShowCommand.bytes(info);
    }

    double bitsPerWeight() {
      return elements == 0 ? 0 : 8.0 * bytes / elements;
    }
  }
}
