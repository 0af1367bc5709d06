package dev.gatun.quantize.optimize;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.graph.Value;
import dev.gatun.quantize.onnx.ObservedNetwork;
import dev.gatun.quantize.validate.Agreement;
import dev.gatun.quantize.validate.TaskReport;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Measures ONNX networks: the cosine of their outputs to the original's, for each example, and how
 * long an example takes. Of networks that read texts the mean over the tokens is compared, which is
 * the text's vector.
 */
public final class OnnxEvaluator implements Evaluator {
  private static final String TEXTS = "input_ids";

  private final GatunRuntime runtime;
  private final Path original;
  private final List<Map<String, Tensor>> examples;
  private final String examplesDigest;
  private final MeasuredDevices devices;
  private final Optional<Labelled> labelled;
  private final Consumer<String> listener;
  private List<float[]> expected = List.of();

  /**
   * Examples with their right answers.
   *
   * @param labels of texts, told by the nearest neighbour; of other inputs the index of the largest
   *     element of the first output
   */
  public record Labelled(List<Map<String, Tensor>> examples, List<String> labels) {
    public Labelled {
      examples = List.copyOf(examples);
      labels = List.copyOf(labels);
    }
  }

  /**
   * @param examples inputs by name, at least one; the first is what is timed
   * @param labelled examples with right answers, where the task is measured, too
   * @param examplesDigest of what they and the labelled ones were read from
   * @param listener told what is not measured
   */
  public OnnxEvaluator(
      GatunRuntime runtime,
      Path original,
      List<Map<String, Tensor>> examples,
      Optional<Labelled> labelled,
      String examplesDigest,
      MeasuredDevices devices,
      Consumer<String> listener) {
    this.runtime = runtime;
    this.original = original;
    this.examples = List.copyOf(examples);
    this.labelled = labelled;
    this.examplesDigest = examplesDigest;
    this.devices = devices;
    this.listener = listener;
  }

  @Override
  public String identity() {
    return ArtifactCache.key("network 2", GatunRuntime.VERSION, devices.toString(), examplesDigest);
  }

  @Override
  public Wording wording() {
    return new Wording(
        "mean cosine of the outputs to the original's over %d examples".formatted(examples.size()),
        "1-LEAST COS",
        "RUN");
  }

  @Override
  public Measurement measure(Path artifact) throws IOException {
    if (expected.isEmpty()) {
      expected = outputs(original, examples);
    }
    List<float[]> given = outputs(artifact, examples);
    double sum = 0;
    double least = 1;
    for (int i = 0; i < given.size(); i++) {
      if (given.get(i).length != expected.get(i).length) {
        throw new GatunException(
            GatunException.Kind.MISMATCH,
            "%s gives %d numbers where the original gives %d"
                .formatted(artifact, given.get(i).length, expected.get(i).length));
      }
      Agreement agreement = Agreement.of(expected.get(i), given.get(i));
      double cosine = agreement.notFinite() > 0 ? 0 : agreement.cosine();
      sum += cosine;
      least = Math.min(least, cosine);
    }
    return new Measurement(
        sum / given.size(),
        1 - least,
        bytes(artifact),
        devices.time(runtime, policy -> new Timed(artifact, policy), listener),
        labelled.isPresent()
            ? OptionalDouble.of(right(artifact, labelled.get()))
            : OptionalDouble.empty());
  }

  /** The share of the labelled examples that are answered right. */
  private double right(Path artifact, Labelled task) {
    List<float[]> given = outputs(artifact, task.examples());
    boolean texts = task.examples().getFirst().containsKey(TEXTS);
    List<String> answers =
        texts
            ? TaskReport.nearest(given, task.labels())
            : given.stream().map(values -> Integer.toString(largest(values))).toList();
    return TaskReport.Measure.of("task", task.labels(), task.labels(), answers)
        .candidate()
        .value()
        .value();
  }

  private static int largest(float... values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  private static long bytes(Path artifact) throws IOException {
    try (OnnxFile file = OnnxFile.open(artifact)) {
      long bytes = Files.size(artifact);
      for (Path beside : file.beside()) {
        bytes += Files.size(beside);
      }
      return bytes;
    }
  }

  /** The outputs of each example, those of floats one after the other. */
  private List<float[]> outputs(Path model, List<Map<String, Tensor>> inputs) {
    List<float[]> outputs = new ArrayList<>();
    try (ObservedNetwork network =
        ObservedNetwork.optimized(runtime, model, inputs, devices.policy())) {
      for (Map<String, Tensor> example : inputs) {
        network.run(example);
        outputs.add(floats(network, example.containsKey(TEXTS)));
      }
    }
    return outputs;
  }

  private float[] floats(ObservedNetwork network, boolean texts) {
    List<float[]> parts = new ArrayList<>();
    int count = 0;
    for (Value output : network.graph().outputs()) {
      if (output.type().dtype().isFloat()) {
        Tensor tensor = network.tensor(output.name());
        float[] values = texts && tensor.shape().rank() == 3 ? mean(tensor) : tensor.toFloats();
        parts.add(values);
        count += values.length;
      }
    }
    if (count == 0) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          original + " has no outputs of floats, which could be compared");
    }
    float[] all = new float[count];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** Over the tokens of [1, tokens, width]. */
  private static float[] mean(Tensor tensor) {
    Shape shape = tensor.shape();
    int width = (int) shape.dim(2);
    float[] values = tensor.toFloats();
    float[] mean = new float[width];
    for (int i = 0; i < values.length; i++) {
      mean[i % width] += values[i] / shape.dim(1);
    }
    return mean;
  }

  /** The first example again and again. */
  private final class Timed implements MeasuredDevices.Opened {
    private final ObservedNetwork network;

    Timed(Path artifact, Policy policy) {
      network = ObservedNetwork.optimized(runtime, artifact, List.of(examples.getFirst()), policy);
    }

    @Override
    public String device() {
      return String.join(", ", network.devices());
    }

    @Override
    public void run(int run) {
      network.run(examples.getFirst());
    }

    @Override
    public void close() {
      network.close();
    }
  }
}
