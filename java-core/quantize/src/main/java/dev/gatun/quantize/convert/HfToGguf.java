package dev.gatun.quantize.convert;

import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.quantize.gguf.GgufQuantizer;
import dev.gatun.quantize.mix.FileType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Writes a Hugging Face folder as GGUF, tensor by tensor. */
final class HfToGguf {
  /** {@code GGML_QNT_VERSION}. */
  static final int QUANTIZATION_VERSION = 2;

  private final ConvertOptions options;
  private final ConvertListener listener;
  private final List<String> notes = new ArrayList<>();
  private long done;

  HfToGguf(ConvertOptions options, ConvertListener listener) {
    this.options = options;
    this.listener = listener;
  }

  /** Converts. */
  ConvertReport convert(Path source, Path target) throws IOException {
    try (ModelFolder opened = ModelFolder.open(source)) {
      Family family = Families.of(opened.config());
      HfConfig config = opened.config().withDefaults(family.defaults(opened.config()));
      ModelFolder folder = new ModelFolder(source, config, opened.tensors());
      return convert(folder, family, target);
    }
  }

  private ConvertReport convert(ModelFolder folder, Family family, Path target) throws IOException {
    HfConfig config = folder.config();
    NumberSource numbers = MlxNumbers.of(folder);
    if (numbers instanceof MlxNumbers) {
      note(
          "MLX's codes were decoded to exactly the numbers that MLX computes with; what quantization"
              + " lost does not come back");
    }
    DType type = options.type() == FloatType.AUTO ? detected(numbers) : options.type().dtype();
    List<PlannedTensor> plan =
        new TensorPlanner(folder.path().toString(), family, config, numbers, type).plan();
    GgufWriter out = new GgufWriter();
    out.string("general.architecture", family.architecture());
    ModelKeys keys = new ModelKeys(out, family.architecture());
    Map<String, float[]> computed = family.computed(config, keys);
    out.string("general.type", "model");
    long extra = computed.values().stream().mapToLong(values -> values.length).sum();
    new GeneralKeys(folder, options.name()).write(out, plan, extra);
    family.metadata(config, keys, FileType.of(type.name()).orElseThrow().number());
    if (family instanceof BertFamily || family.architecture().startsWith("qwen")) {
      BertFamily.pooling(folder).ifPresent(pooling -> keys.count("pooling_type", pooling));
    }
    out.uint32("general.quantization_version", QUANTIZATION_VERSION);
    TokenizerKeys tokenizer = new TokenizerKeys(folder, family, options.pre(), out);
    tokenizer.write();
    int checked = check(tokenizer, out);
    Map<String, Tensor> extras = new LinkedHashMap<>();
    computed.forEach(
        (name, values) -> extras.put(name, Tensor.ofFloats(Shape.of(values.length), values)));
    List<Path> files =
        options.quantize().isPresent()
            ? quantize(
                out,
                new ConvertedSource(
                    folder.name(), folder.tensors().paths(), out.toMetadata(), numbers, plan),
                extras,
                target)
            : write(out, numbers, plan, extras, target);
    return new ConvertReport(
        files,
        family.architecture(),
        options.quantize().map(used -> used.types().file().title()).orElse(type.name()),
        plan.size() + computed.size(),
        size(files),
        tokenizer.described(),
        checked,
        notes);
  }

  private List<Path> quantize(
      GgufWriter out, ConvertedSource model, Map<String, Tensor> extras, Path target)
      throws IOException {
    if (options.maxFileBytes() > 0) {
      throw new GatunException(
          GatunException.Kind.USAGE, "a model is split or quantized on its way, not both");
    }
    extras.forEach(model::add);
    GgufQuantizer.quantize(
        model,
        model.files(),
        out,
        target,
        options.quantize().orElseThrow(),
        (tensor, done, total) -> listener.progress(done, total));
    return List.of(target);
  }

  private List<Path> write(
      GgufWriter out,
      NumberSource numbers,
      List<PlannedTensor> plan,
      Map<String, Tensor> extras,
      Path target)
      throws IOException {
    extras.forEach(out::tensor);
    long total = plan.stream().mapToLong(PlannedTensor::bytes).sum();
    LongConsumer progress = bytes -> listener.progress(done += bytes, total);
    TensorStream stream = new TensorStream(numbers, progress);
    for (PlannedTensor tensor : plan) {
      out.tensor(
          new TensorInfo(tensor.name(), tensor.type(), tensor.shape()),
          sink -> stream.write(tensor, sink));
    }
    return write(out, target);
  }

  private List<Path> write(GgufWriter out, Path target) throws IOException {
    if (options.maxFileBytes() > 0) {
      return out.writeSplit(target, options.maxFileBytes());
    }
    out.write(target);
    return List.of(target);
  }

  private static long size(List<Path> files) throws IOException {
    long size = 0;
    for (Path file : files) {
      size += Files.size(file);
    }
    return size;
  }

  /** The type of the first matrix, where it has 16 bits. */
  private static DType detected(NumberSource numbers) {
    for (String name : numbers.names()) {
      TensorInfo info = numbers.info(name).orElseThrow();
      if (info.shape().rank() >= 2) {
        if (info.dtype() == DType.BF16 || info.dtype() == DType.F16) {
          return info.dtype();
        }
      }
    }
    return DType.F16;
  }

  /**
   * Compares tokens of the probe text; a difference ends the conversion unless it was asked for.
   */
  private int check(TokenizerKeys tokenizer, GgufWriter out) {
    if (tokenizer.comparable().isEmpty()) {
      note("the tokenizer was converted without a comparison: there is no tokenizer.json of pairs");
      return 0;
    }
    TokenizerFile file = tokenizer.comparable().get();
    TokenizerCheck.Result result = TokenizerCheck.compare(file, out.toMetadata());
    if (result.difference().isPresent()) {
      String difference = "tokens of a probe text differ: " + result.difference().get();
      if (options.pre().isEmpty()) {
        throw new GatunException(
            GatunException.Kind.MISMATCH,
            file.path()
                + ": "
                + difference
                + ". If that is known and wanted, name the pre-tokenizer with --pre NAME");
      }
      note(difference);
    } else if (result.tokens() == 0) {
      note(
          "the rules of tokenizer.json have a step that is not evaluated: tokens were not compared");
    }
    return result.tokens();
  }

  private void note(String text) {
    notes.add(text);
    listener.message(text);
  }
}
