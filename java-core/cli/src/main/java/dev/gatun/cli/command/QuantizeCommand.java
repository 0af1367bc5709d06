package dev.gatun.cli.command;

import dev.gatun.cli.output.ProgressBar;
import dev.gatun.formats.ModelFiles;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.graph.ModelSource;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.quantize.gguf.GgufQuantizer;
import dev.gatun.quantize.gguf.MetadataOverride;
import dev.gatun.quantize.gguf.QuantizationPlan;
import dev.gatun.quantize.gguf.QuantizeListener;
import dev.gatun.quantize.gguf.QuantizeOptions;
import dev.gatun.quantize.lora.AdaptedSource;
import dev.gatun.quantize.mix.MixOptions;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model with other types. */
@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a model with smaller types: the same bytes as llama-quantize.",
      "TYPE is one of llama-quantize's: Q4_K_M, Q8_0, IQ4_XS, F16 …, or COPY. Without DST the file is MODEL-TYPE.gguf"
          + " in the current folder.",
      "An ONNX model (a file, a folder, a name) takes one of --weights, --dynamic and --static instead of TYPE; DST is a"
          + " file, or a folder, which gets the tokenizer, too."
    })
public final class QuantizeCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "SRC", description = "Name or file of a model.")
  private String model;

  @Parameters(
      index = "1..*",
      arity = "1..2",
      paramLabel = "[DST] TYPE | DST",
      hideParamSyntax = true,
      description = "The file to write, and the type.")
  private List<String> rest;

  @Option(
      names = "--allow-requantize",
      description = "Quantize tensors that are quantized already, at a loss.")
  private boolean allowRequantize;

  @Option(names = "--allow-larger", description = "Write a result that is not smaller, too.")
  private boolean allowLarger;

  @Option(
      names = "--override-kv",
      paramLabel = "KEY=TYPE:VALUE",
      description = "Put or replace metadata; TYPE is int, float, bool or str.")
  private List<String> overrides = List.of();

  @Option(
      names = "--prune-layers",
      paramLabel = "N",
      split = ",",
      description = "Leave these blocks out.")
  private TreeSet<Integer> pruned = new TreeSet<>();

  @Option(names = "--keep-split", description = "A model in several files stays in several.")
  private boolean keepSplit;

  @Option(names = "--dry-run", description = "Say what it would come to, and write nothing.")
  private boolean dryRun;

  @Option(names = "--tensors", description = "List every tensor.")
  private boolean tensors;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private AdapterOptions adapters;
  @Mixin private ImportanceOptions importanceOptions;
  @Mixin private QuantizeTypeOptions typeOptions;
  @Mixin private OnnxQuantizationOptions onnxOptions;
  @Mixin private RuntimeOptions runtimeOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var output = new Output(spec);
    QuantizationRules.check(
        spec.commandLine().getParseResult(), onnxOptions.isGiven(), onnxOptions.readsText());
    if (onnxOptions.isGiven()) {
      return quantizeOnnx(output);
    }
    String type = rest.getLast();
    MixOptions types = typeOptions.types(type);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      LocatedModel located = Loading.locate(runtime, model, output);
      if (OnnxSummary.isOnnx(located)) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "%s is ONNX, which has no types: give --weights int4, --dynamic, --static or --float16 instead of %s"
                .formatted(model, type));
      }
      try (ModelSource source = ModelFiles.open(located.paths(), model)) {
        if (!(source instanceof GgufFile file)) {
          throw new GatunException(
              GatunException.Kind.MODEL,
              "%s is not GGUF; make one of it with gatun convert".formatted(model));
        }
        var options = options(types, runtime.threads());
        Path target = target(type);
        long start = System.nanoTime();
        QuantizationPlan plan =
            dryRun
                ? QuantizationPlan.unchecked(adapted(file), options)
                : quantize(file, target, options);
        double seconds = (System.nanoTime() - start) / 1e9;
        var text = new QuantizationText(model, type, target, plan, dryRun ? 0 : seconds);
        output.text(json ? text.json() + "\n" : text.text(tensors));
      }
      return 0;
    }
  }

  private int quantizeOnnx(Output output) {
    if (rest.size() != 1) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "a TYPE is what a GGUF model becomes, options say what an ONNX model does: give"
              + " MODEL OUT.gguf TYPE, or MODEL OUT.onnx and --static or another of them");
    }
    var listener = new Loading.BarListener(output);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      ModelFolder folder = ModelFolder.locate(runtime, model, listener);
      listener.finish();
      return new OnnxQuantization(output, json)
          .run(runtime, folder, Path.of(rest.getFirst()), onnxOptions);
    }
  }

  private QuantizeOptions options(MixOptions types, int threads) {
    return new QuantizeOptions(
        types,
        importanceOptions.read(),
        overrides.stream().map(MetadataOverride::parse).toList(),
        pruned,
        keepSplit,
        allowRequantize,
        allowLarger || adapters.isGiven(),
        threads);
  }

  private Path target(String type) {
    if (rest.size() == 2) {
      return Path.of(rest.getFirst());
    }
    String name = Path.of(model).getFileName().toString();
    String base = name.endsWith(".gguf") ? name.substring(0, name.length() - 5) : name;
    return Path.of(base + "-" + type + ".gguf");
  }

  /** The model, with adapters where there are any. */
  private ModelSource adapted(GgufFile source) {
    return adapters.isGiven()
        ? AdaptedSource.of(source, adapters.read(source), allowRequantize)
        : source;
  }

  private QuantizationPlan quantize(GgufFile source, Path target, QuantizeOptions options)
      throws IOException {
    GgufInput.requireOther(source, target);
    var bar = new ProgressBar(System.err, Output.isTerminal(), target.getFileName().toString());
    QuantizeListener listener = (tensor, done, total) -> bar.update(done, total);
    try {
      if (!adapters.isGiven()) {
        return GgufQuantizer.quantize(source, target, options, listener);
      }
      List<Path> files = new ArrayList<>(source.paths());
      files.addAll(adapters.paths());
      // A killed run with another strength must not be continued, so the header names it.
      GgufWriter writer =
          new GgufWriter()
              .metadata(source)
              .string("gatun.provenance.lora", String.join(", ", adapters.texts()));
      return GgufQuantizer.quantize(adapted(source), files, writer, target, options, listener);
    } finally {
      bar.finish();
    }
  }
}
