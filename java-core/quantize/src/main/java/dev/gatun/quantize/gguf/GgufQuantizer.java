package dev.gatun.quantize.gguf;

import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.graph.ModelSource;
import dev.gatun.quantize.mix.TypeMix;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a GGUF file with other types: the same bytes, metadata included, as llama.cpp's {@code
 * llama-quantize} at the revision that the module's README names, built without contraction. Memory
 * does not grow with the model. Thread-safe: holds no state.
 */
public final class GgufQuantizer {
  /** {@code general.quantization_version} of today's block formats. */
  private static final int QUANTIZATION_VERSION = 2;

  private GgufQuantizer() {}

  /**
   * Quantizes.
   *
   * @param target appears when it is complete; replaced when it is there; a split that is kept is
   *     written beside it, under the names that {@code gguf-split} gives
   * @return what was done
   * @throws GatunException when the plan cannot be carried out, a weight is NaN or infinite, or the
   *     result would not be smaller
   * @throws IOException when writing fails; nothing is left behind then
   */
  public static QuantizationPlan quantize(
      GgufFile source, Path target, QuantizeOptions options, QuantizeListener listener)
      throws IOException {
    for (Path part : source.paths()) {
      if (Files.exists(target) && Files.isSameFile(part, target)) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "%s is the model itself; name another file".formatted(target));
      }
    }
    return quantize(
        source, source.paths(), new GgufWriter().metadata(source), target, options, listener);
  }

  /**
   * Quantizes a model that is not a GGUF file (yet), such as one that is converted on the way.
   *
   * @param source the model under GGUF's names
   * @param files that it is read from: a killed run goes on when they are the same
   * @param writer its metadata, without tensors
   * @return what was done
   * @throws GatunException as the other
   * @throws IOException as the other
   */
  public static QuantizationPlan quantize(
      ModelSource source,
      List<Path> files,
      GgufWriter writer,
      Path target,
      QuantizeOptions options,
      QuantizeListener listener)
      throws IOException {
    QuantizationPlan plan = QuantizationPlan.of(source, options);
    requireSmaller(plan, options);
    writer
        .remove("general.quantization_version")
        .uint32("general.quantization_version", QUANTIZATION_VERSION);
    if (!options.types().copy()) {
      writer
          .remove("general.file_type")
          .uint32("general.file_type", options.types().file().number());
    }
    options.metadata().forEach(override -> override.put(writer));
    options.importance().ifPresent(used -> used.metadata().forEach(value -> value.put(writer)));
    if (!options.pruned().isEmpty()) {
      String key = source.metadata().string("general.architecture").orElseThrow() + ".block_count";
      writer.remove(key).uint32(key, plan.blocks());
    }
    var progress = new Progress(listener, plan.targetBytes());
    try (var rows =
        new RowStream(source, plan.tensors(), options.importance(), options.threads())) {
      for (TensorPlan tensor : plan.tensors()) {
        writer.tensor(tensor.target(), new Quantized(rows, tensor, progress));
      }
      if (options.keepSplit() && source instanceof GgufFile file && file.paths().size() > 1) {
        writer.writeSplit(target, tensorCounts(file, options));
      } else {
        writer.writeContinued(target, content(source, files, options));
      }
    }
    return plan;
  }

  /** What the bytes of the tensors depend on beside their types. */
  private static String content(ModelSource source, List<Path> files, QuantizeOptions options)
      throws IOException {
    var text = new StringBuilder();
    for (String name : source.tensorNames()) {
      text.append(source.info(name).orElseThrow().dtype()).append(' ');
    }
    for (Path part : files) {
      text.append(part.toRealPath())
          .append(' ')
          .append(Files.size(part))
          .append(' ')
          .append(Files.getLastModifiedTime(part).toMillis())
          .append('\n');
    }
    options.importance().ifPresent(used -> text.append(used.matrix().hashCode()));
    return text.append(options.pruned()).toString();
  }

  /** Tensors of each part that are left. */
  private static List<Integer> tensorCounts(GgufFile source, QuantizeOptions options) {
    List<String> names = List.copyOf(source.tensorNames());
    List<Integer> counts = new ArrayList<>();
    int from = 0;
    for (int count : source.tensorCounts()) {
      List<String> part = names.subList(from, from + count);
      counts.add(
          (int)
              part.stream()
                  .filter(name -> !options.pruned().contains(TypeMix.layer(name)))
                  .count());
      from += count;
    }
    return counts;
  }

  private static void requireSmaller(QuantizationPlan plan, QuantizeOptions options) {
    if (plan.targetBytes() >= plan.sourceBytes()
        && !options.allowLarger()
        && !options.types().copy()) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "the result would not be smaller: %d bytes of tensors become %d; choose a smaller type, or insist with --allow-larger"
              .formatted(plan.sourceBytes(), plan.targetBytes()));
    }
  }

  /** Bytes written so far, and who hears of them. */
  private static final class Progress {
    private final QuantizeListener listener;
    private final long total;
    private long done;

    Progress(QuantizeListener listener, long total) {
      this.listener = listener;
      this.total = total;
    }

    void add(TensorPlan tensor, long bytes) {
      done += bytes;
      listener.progress(tensor, done, total);
    }
  }

  /** The data of one tensor, when it is its turn. */
  private record Quantized(RowStream rows, TensorPlan tensor, Progress progress)
      implements GgufWriter.TensorData {
    @Override
    public void writeTo(GgufWriter.Sink sink) throws IOException {
      rows.write(
          tensor,
          piece -> {
            sink.write(piece);
            progress.add(tensor, piece.byteSize());
          });
    }

    @Override
    public void skip() {
      rows.skip();
      progress.add(tensor, tensor.targetBytes());
    }
  }
}
