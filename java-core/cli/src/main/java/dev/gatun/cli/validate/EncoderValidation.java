package dev.gatun.cli.validate;

import dev.gatun.cli.output.Printable;
import dev.gatun.cli.output.Units;
import dev.gatun.cli.validate.ValidationReport.Section;
import dev.gatun.models.eval.SortedSamples;
import dev.gatun.pipelines.Embedding;
import dev.gatun.pipelines.EmbeddingOptions;
import dev.gatun.quantize.validate.LabelledFile.LabelledText;
import dev.gatun.quantize.validate.Limits;
import dev.gatun.quantize.validate.NetworkErrors;
import dev.gatun.quantize.validate.TaskReport;
import dev.gatun.quantize.validate.VectorReport;
import dev.gatun.quantize.validate.Verdict;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares the vectors that two text encoders give for the same texts. */
public final class EncoderValidation {
  private static final double[] PERCENTILES = {0.01, 0.05, 0.1, 0.5};
  private static final int SHOWN = 5;

  /** What one encoder gave. */
  private record Side(
      List<float[]> vectors,
      List<float[]> edges,
      List<float[]> labelled,
      double textsPerSecond,
      List<String> devices) {}

  private final GatunRuntime runtime;
  private final Policy policy;
  private final List<String> texts;
  private final List<LabelledText> labelled;

  /**
   * A validation that has not begun.
   *
   * @param texts at least one
   * @param labelled texts whose labels their nearest neighbours tell; may be empty
   */
  public EncoderValidation(
      GatunRuntime runtime, Policy policy, List<String> texts, List<LabelledText> labelled) {
    this.labelled = List.copyOf(labelled);
    this.runtime = runtime;
    this.policy = policy;
    this.texts = List.copyOf(texts);
  }

  /**
   * Runs both, one after the other.
   *
   * @param names of reference and candidate, as the user gave them
   * @param bytes of their files
   * @param layers of both, where they are networks of nodes
   * @throws GatunException of kind MISMATCH when their vectors have different lengths
   */
  public ValidationReport run(
      List<String> names, List<Long> bytes, Limits limits, Optional<NetworkErrors> layers) {
    Side reference = side(names.getFirst());
    Side candidate = side(names.getLast());
    int width = reference.vectors().getFirst().length;
    int other = candidate.vectors().getFirst().length;
    if (width != other) {
      throw new GatunException(
          Kind.MISMATCH,
          "the reference's vectors have %d elements, the candidate's %d: they cannot be compared"
              .formatted(width, other));
    }
    VectorReport vectors = VectorReport.of(reference.vectors(), candidate.vectors());
    VectorReport edges = VectorReport.of(reference.edges(), candidate.edges());
    VectorReport all = new VectorReport(vectors.cosines(), vectors.notFinite() + edges.notFinite());
    Map<String, String> plots = new LinkedHashMap<>();
    plots.put("Distance of the vectors", distances(vectors.cosines()));
    List<Verdict> verdicts = new ArrayList<>(all.verdicts(limits));
    List<Section> sections = new ArrayList<>();
    Map<String, Object> members = members(vectors.cosines(), reference, candidate, bytes);
    sections.add(cosines(vectors.cosines()));
    if (!labelled.isEmpty()) {
      TaskReport task = task(reference, candidate);
      verdicts.addAll(task.verdicts(limits));
      sections.add(TaskSections.table(task));
      members.put("task", TaskSections.members(task));
    }
    sections.add(both(reference, candidate, bytes));
    sections.add(worst(reference, candidate));
    layers.ifPresent(errors -> {
      sections.addAll(NetworkLayers.tables(errors));
      plots.putAll(NetworkLayers.plots(errors));
      members.put("layers", NetworkLayers.members(errors));
    });
    return new ValidationReport(
        names.getLast() + " against " + names.getFirst(), verdicts, sections, plots, members);
  }

  private TaskReport task(Side reference, Side candidate) {
    List<String> labels = labelled.stream().map(LabelledText::label).toList();
    return new TaskReport(
        List.of(
            TaskReport.Measure.of(
                "label of the nearest neighbour",
                labels,
                TaskReport.nearest(reference.labelled(), labels),
                TaskReport.nearest(candidate.labelled(), labels))));
  }

  private Side side(String name) {
    EmbeddingOptions options = EmbeddingOptions.DEFAULT.withPolicy(policy);
    try (Embedding embedding = Embedding.load(runtime, name, options)) {
      embedding.embed(texts.subList(0, Math.min(8, texts.size())));
      long start = System.nanoTime();
      List<float[]> vectors = embedding.embed(texts);
      double seconds = (System.nanoTime() - start) / 1e9;
      String endless = String.join(" ", texts).repeat(4);
      List<float[]> edges = embedding.embed(List.of("", "a", endless));
      List<float[]> task = embedding.embed(labelled.stream().map(LabelledText::text).toList());
      List<String> devices =
          embedding.explain().devices().stream().map(Explanation.DeviceLine::device).toList();
      return new Side(vectors, edges, task, texts.size() / seconds, devices);
    }
  }

  private Section cosines(SortedSamples cosines) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("texts", Integer.toString(cosines.size())));
    rows.add(List.of("mean", Units.fixed(cosines.mean(), 6)));
    rows.add(List.of("smallest", Units.fixed(cosines.min(), 6)));
    for (double p : PERCENTILES) {
      rows.add(List.of(Units.fixed(100 * p, 0) + "%", Units.fixed(cosines.percentile(p), 6)));
    }
    return new Section("Cosine to the reference", List.of("", "cosine"), rows, rows.size());
  }

  private static Section both(Side reference, Side candidate, List<Long> bytes) {
    List<List<String>> rows =
        List.of(
            List.of("size", Units.bytes(bytes.getFirst()), Units.bytes(bytes.getLast())),
            List.of(
                "device",
                String.join(", ", reference.devices()),
                String.join(", ", candidate.devices())),
            List.of(
                "texts/s",
                Units.fixed(reference.textsPerSecond(), 1),
                Units.fixed(candidate.textsPerSecond(), 1)));
    return new Section("Both", List.of("", "reference", "candidate"), rows, rows.size());
  }

  private Section worst(Side reference, Side candidate) {
    List<List<String>> rows = new ArrayList<>();
    List<float[]> ours = candidate.vectors();
    List<float[]> theirs = reference.vectors();
    record Line(String text, double cosine) {}
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      lines.add(new Line(texts.get(i), Embedding.similarity(theirs.get(i), ours.get(i))));
    }
    lines.sort(Comparator.comparingDouble(Line::cosine));
    lines.stream()
        .limit(20)
        .forEach(line -> rows.add(List.of(Units.fixed(line.cosine(), 6), cut(line.text()))));
    return new Section("Worst texts", List.of("cosine", "text"), rows, SHOWN);
  }

  private static String cut(String text) {
    String line = Printable.of(text);
    return line.length() <= 70 ? line : line.substring(0, 69) + "…";
  }

  private static String distances(SortedSamples cosines) {
    float[] distances = new float[cosines.size()];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = 1 - cosines.get(i);
    }
    return Plots.distribution("1 - cosine", SortedSamples.of(distances));
  }

  private static Map<String, Object> members(
      SortedSamples cosines, Side reference, Side candidate, List<Long> bytes) {
    Map<String, Object> percentiles = new LinkedHashMap<>();
    for (double p : PERCENTILES) {
      percentiles.put(Units.fixed(100 * p, 0), cosines.percentile(p));
    }
    Map<String, Object> cosine = new LinkedHashMap<>();
    cosine.put("texts", cosines.size());
    cosine.put("mean", cosines.mean());
    cosine.put("min", cosines.min());
    cosine.put("percentiles", percentiles);
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("cosine", cosine);
    members.put("reference", side(reference, bytes.getFirst()));
    members.put("candidate", side(candidate, bytes.getLast()));
    return members;
  }

  private static Map<String, Object> side(Side side, long bytes) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("bytes", bytes);
    members.put("devices", side.devices());
    members.put("textsPerSecond", side.textsPerSecond());
    return members;
  }
}
