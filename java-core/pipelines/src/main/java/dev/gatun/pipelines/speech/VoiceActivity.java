package dev.gatun.pipelines.speech;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.pipelines.Pipeline;
import dev.gatun.pipelines.audio.Audio;
import dev.gatun.pipelines.onnx.KnownNetwork;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds where somebody speaks: a silero-vad model, which hears 32 ms at a time, with 4 ms of what
 * came before, and remembers the rest in a state.
 *
 * <pre>{@code
 * try (GatunRuntime runtime = GatunRuntime.open();
 *     VoiceActivity voice =
 *         VoiceActivity.load(runtime, "silero-vad", VoiceActivityOptions.DEFAULT)) {
 *   voice.detect(Audio.read(Path.of("talk.wav"))).segments().forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>Used by one thread at a time. Owns the model, not the runtime.
 */
public final class VoiceActivity implements Pipeline {
  /** Samples per second that the model hears. */
  public static final int RATE = 16_000;

  private static final int CHUNK = 512;
  private static final int CONTEXT = 64;
  private static final String INPUT = "input";
  private static final String STATE = "state";
  private static final String SAMPLE_RATE = "sr";
  private static final String OUTPUT = "output";
  private static final String NEXT_STATE = "stateN";
  private static final Map<String, Shape> SHAPES = KnownNetwork.VOICE_ACTIVITY.shapes();
  private static final Shape STATE_SHAPE = SHAPES.get(STATE);
  private static final Shape INPUT_SHAPE = SHAPES.get(INPUT);

  private final OnnxNetwork network;
  private final VoiceActivityOptions options;

  /** Whether the model asks for the rate, by which it chooses one of two networks. */
  private final boolean rated;

  private VoiceActivity(OnnxNetwork network, VoiceActivityOptions options) {
    this.network = network;
    this.options = options;
    rated = network.graph().inputs().stream().anyMatch(each -> each.name().equals(SAMPLE_RATE));
  }

  /**
   * Loads a model.
   *
   * @param name a name of the catalogue or the store ({@code silero-vad}), an ONNX file, or a
   *     folder with {@code silero_vad.onnx}
   * @throws GatunException when there is no such model, it is another one, or nothing can run it
   */
  public static VoiceActivity load(
      GatunRuntime runtime, String name, VoiceActivityOptions options) {
    return load(runtime, name, options, PullListener.NONE);
  }

  /** {@link #load(GatunRuntime, String, VoiceActivityOptions)}, told of what is fetched. */
  public static VoiceActivity load(
      GatunRuntime runtime, String name, VoiceActivityOptions options, PullListener listener) {
    ModelFolder folder = ModelFolder.locate(runtime, name, listener);
    // OpenVINO reads the first of these, and not the last two.
    Path model =
        folder.network(
            "model-ifless.onnx", "silero_vad_op18_ifless.onnx", "model.onnx", "silero_vad.onnx");
    NetworkSpec spec =
        NetworkSpec.of(model, options.policy())
            .withDigest(folder.digest())
            .withShapes(SHAPES)
            .withOutputs(graph -> outputs(name, graph));
    return new VoiceActivity(OnnxNetwork.load(runtime, spec), options);
  }

  private static List<String> outputs(String model, Graph graph) {
    List<String> inputs = graph.inputs().stream().map(Value::name).sorted().toList();
    List<String> outputs = graph.outputs().stream().map(Value::name).toList();
    boolean fits =
        (inputs.equals(List.of(INPUT, SAMPLE_RATE, STATE)) || inputs.equals(List.of(INPUT, STATE)))
            && outputs.containsAll(List.of(OUTPUT, NEXT_STATE))
            && graph.input(INPUT).type().dtype() == DType.F32
            && graph.input(STATE).type().dtype() == DType.F32;
    if (!fits) {
      throw new GatunException(
          GatunException.Kind.MODEL,
          "%s is no silero-vad model of version 5 or 6: it has inputs %s and outputs %s, not %s, %s, %s and %s, %s"
              .formatted(model, inputs, outputs, INPUT, STATE, SAMPLE_RATE, OUTPUT, NEXT_STATE));
    }
    return List.of(OUTPUT, NEXT_STATE);
  }

  @Override
  public Explanation explain() {
    return network.plan().explain();
  }

  /** Finds speech in a sound, which is resampled to {@link #RATE} if need be. */
  public SpeechActivity detect(Audio audio) {
    Audio heard = audio.resampled(RATE);
    float[] probabilities = probabilities(heard.samples());
    List<SpeechSegment> segments =
        new Segmenter(options, CHUNK, RATE).run(probabilities, heard.samples().length);
    return new SpeechActivity(segments, probabilities, audio.duration());
  }

  private float[] probabilities(float[] samples) {
    float[] probabilities = new float[Math.ceilDiv(samples.length, CHUNK)];
    float[] window = new float[CONTEXT + CHUNK];
    float[] state = new float[(int) STATE_SHAPE.elements()];
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    if (rated) {
      inputs.put(SAMPLE_RATE, Tensor.ofLongs(Shape.of(), RATE));
    }
    for (int i = 0; i < probabilities.length; i++) {
      int from = i * CHUNK;
      int count = Math.min(CHUNK, samples.length - from);
      System.arraycopy(window, CHUNK, window, 0, CONTEXT);
      System.arraycopy(samples, from, window, CONTEXT, count);
      Arrays.fill(window, CONTEXT + count, window.length, 0);
      inputs.put(INPUT, Tensor.ofFloats(INPUT_SHAPE, window));
      inputs.put(STATE, Tensor.ofFloats(STATE_SHAPE, state));
      network.run(inputs);
      probabilities[i] = network.output(OUTPUT).toFloats()[0];
      state = network.output(NEXT_STATE).toFloats();
    }
    return probabilities;
  }

  @Override
  public void close() {
    network.close();
  }
}
