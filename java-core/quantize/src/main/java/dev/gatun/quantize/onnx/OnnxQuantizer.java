package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxWriter;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Quantizes ONNX models node by node; what the scheme does not touch stays as it was. */
public final class OnnxQuantizer {
  /** Operators whose weights are not entered. */
  static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");

  private OnnxQuantizer() {}

  /**
   * Reads {@code source}, writes {@code target}, which appears under its name only when it is
   * complete.
   *
   * @throws GatunException when the model cannot be read, has weights that are not finite (named),
   *     nothing in it could be quantized (with the reasons), the result is not smaller, or it
   *     cannot be written
   */
  public static OnnxQuantizeReport quantize(
      Path source, Path target, OnnxQuantizeOptions options, OnnxQuantizeListener listener) {
    try (OnnxFile file = OnnxFile.open(source)) {
      long before = size(file);
      PassLog log = new PassLog(listener);
      ModelEdit edit = new ModelEdit(file);
      pass(options.scheme(), file).apply(edit, options, log);
      if (!(options.scheme() instanceof HalfFloat)) {
        sayWhatIsNotEntered(file.model().graph().nodes(), log);
      }
      FixedDims.apply(edit, options.dims());
      if (log.changes().isEmpty()) {
        throw new NoGainException(
            "nothing in %s was quantized: %s".formatted(file.name(), reasons(log)));
      }
      edit.note("gatun.quantize", options.scheme().describe());
      options.notes().forEach(edit::note);
      OnnxModel model = edit.build();
      long after = OnnxWriter.byteSize(model);
      if (after >= before) {
        throw new NoGainException(
            "%s would take %d bytes quantized and takes %d now: nothing was written; use fewer bits or larger blocks"
                .formatted(file.name(), after, before));
      }
      OnnxWriter.toFile(model, target);
      return log.report(
          before,
          after,
          options.target().map(where -> TargetCheck.of(model, where)).orElse(List.of()));
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.FAILURE,
          "%s; check folder and free space".formatted(e.getMessage()),
          e);
    }
  }

  /** Nodes with weights of their own that these schemes do not know. */
  private static void sayWhatIsNotEntered(List<OnnxNode> nodes, PassLog log) {
    for (OnnxNode node : nodes) {
      if (RECURRENT.contains(node.type())) {
        log.kept(node, "recurrent layers stay as they are");
      } else if (!Nodes.readWithin(node).isEmpty()) {
        log.kept(node, "its bodies stay as they are");
      }
    }
  }

  private static OnnxPass pass(OnnxScheme scheme, OnnxFile file) {
    return switch (scheme) {
      case WeightOnly weights -> new WeightOnlyPass(weights);
      case DynamicInt8 dynamic -> new DynamicPass(dynamic);
      case StaticInt8 ranges -> new StaticPass(ranges);
      case HalfFloat half -> new HalfFloatPass(half, FloatValues.of(file));
    };
  }

  private static long size(OnnxFile file) throws IOException {
    long size = Files.size(file.path());
    for (Path beside : file.beside()) {
      size += Files.size(beside);
    }
    return size;
  }

  private static String reasons(PassLog log) {
    if (log.kept().isEmpty()) {
      return "it has no node of the kinds that this changes";
    }
    return log.kept().stream()
        .limit(5)
        .map(kept -> "%s (%s)".formatted(kept.node(), kept.reason()))
        .collect(Collectors.joining("; "));
  }
}
