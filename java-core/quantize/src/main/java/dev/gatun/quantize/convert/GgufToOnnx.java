package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxWriter;
import dev.gatun.formats.onnx.lower.ExportOptions;
import dev.gatun.formats.onnx.lower.LoweredModel;
import dev.gatun.formats.onnx.lower.OnnxExport;
import dev.gatun.graph.Constant;
import dev.gatun.graph.GraphException;
import dev.gatun.models.arch.Architectures;
import dev.gatun.models.arch.BuildOptions;
import dev.gatun.models.arch.ModelGraph;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes a GGUF model as a folder for ONNX Runtime: {@code model.onnx} with the inputs and outputs
 * of {@link OnnxInterface}, tokenizer and configuration beside it. Weights keep their numbers:
 * those in blocks become codes and scales of ONNX Runtime's own block operators where these hold
 * the same numbers, and single precision otherwise.
 */
final class GgufToOnnx {
  private final ConvertOptions options;
  private final ConvertListener listener;

  GgufToOnnx(ConvertOptions options, ConvertListener listener) {
    this.options = options;
    this.listener = listener;
  }

  /**
   * Converts.
   *
   * @throws GatunException of kind MODEL when the model has what ONNX has not, naming it
   */
  ConvertReport convert(Path source, Path target) throws IOException {
    try (GgufFile file = GgufFile.open(source);
        NewFolder folder = NewFolder.of(target)) {
      GgufToHf companions = new GgufToHf(options, listener);
      Family family = companions.family(file);
      ModelGraph graph = build(file);
      LoweredModel lowered = lower(graph, source);
      OnnxModel model = OnnxInterface.of(lowered, graph, brief(file, graph));
      ObjectNode config = companions.config(file, family, DType.F32, folder);
      int checked = companions.beside(file, family, folder);
      if (graph.causal()) {
        companions.write(
            folder,
            "genai_config.json",
            GenAiConfig.of(config, graph, lowered.states().getFirst().key()));
      }
      OnnxWriter.toFile(model, folder.path().resolve("model.onnx"));
      return new ConvertReport(
          folder.commit(),
          graph.architecture(),
          "ONNX, " + formats(file),
          model.graph().initializers().size(),
          folder.bytes(),
          "tokenizer.json",
          checked,
          companions.notes());
    }
  }

  private static ModelGraph build(GgufFile file) {
    return build(file, Architectures.build(file, BuildOptions.defaults()).trainedContextLength());
  }

  private static ModelGraph build(GgufFile file, int context) {
    return Architectures.build(
        file,
        BuildOptions.defaults()
            .withBatch(context, context)
            .withContextLength(context)
            .withStateType(DType.F32));
  }

  /** What the model computes with in contexts that are not extended, where that differs. */
  private static Optional<OnnxInterface.ShortSequence> brief(GgufFile file, ModelGraph graph) {
    long original =
        file.metadata()
            .integer(graph.architecture() + ".rope.scaling.original_context_length")
            .orElse(0L);
    if (original <= 0 || original >= graph.contextLength()) {
      return Optional.empty();
    }
    Map<String, Tensor> extended = computed(file, graph);
    Map<String, Tensor> others = computed(file, build(file, (int) original));
    others.entrySet().removeIf(other -> same(other.getValue(), extended.get(other.getKey())));
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(new OnnxInterface.ShortSequence((int) original, others));
  }

  /** Constants that are no tensors of the file, by name. */
  private static Map<String, Tensor> computed(GgufFile file, ModelGraph graph) {
    Map<String, Tensor> found = new TreeMap<>();
    for (Constant constant : graph.graph().constants()) {
      if (file.info(constant.value().name()).isEmpty()) {
        found.put(constant.value().name(), constant.data());
      }
    }
    return found;
  }

  private static boolean same(Tensor one, Tensor other) {
    return other != null && one.data().mismatch(other.data()) == -1;
  }

  private static LoweredModel lower(ModelGraph graph, Path source) {
    try {
      return OnnxExport.lower(graph.graph(), ExportOptions.DEFAULT);
    } catch (GraphException e) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "%s cannot be written as ONNX: %s".formatted(source, e.getMessage()),
          e);
    }
  }

  /** Formats of the matrices, and what became of them. */
  private static String formats(GgufFile file) {
    TreeSet<String> found = new TreeSet<>();
    for (String name : file.tensorNames()) {
      var info = file.info(name).orElseThrow();
      if (info.shape().rank() > 1) {
        found.add(info.dtype() + " " + OnnxExport.weights(info.dtype()).how());
      }
    }
    return String.join(", ", List.copyOf(found));
  }
}
