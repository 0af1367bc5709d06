package dev.gatun.cli.command;

import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.pipelines.audio.Audio;
import dev.gatun.pipelines.speech.SpeechActivity;
import dev.gatun.pipelines.speech.SpeechSegment;
import dev.gatun.pipelines.speech.VoiceActivity;
import dev.gatun.pipelines.speech.VoiceActivityOptions;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.GatunException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds speech in a recording. */
@Command(
    name = "vad",
    mixinStandardHelpOptions = true,
    description = "Finds where somebody speaks in a WAV file.")
public final class VadCommand extends PipelineCommand<VoiceActivity, SpeechActivity> {
  /** Of a probability. */
  private static final double TOLERANCE = 1e-3;

  @Parameters(paramLabel = "FILE", description = "A WAV file.")
  private Path file;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description =
          "A silero-vad model: a name (silero-vad by default), an ONNX file, or its folder.")
  private String model = "silero-vad";

  @Option(
      names = "--threshold",
      paramLabel = "P",
      description = "Probability from which on somebody speaks (0.5).")
  private double threshold = VoiceActivityOptions.DEFAULT.threshold();

  @Option(
      names = "--min-speech",
      paramLabel = "SECONDS",
      description = "Drop shorter segments (0.25).")
  private double minSpeech = VoiceActivityOptions.DEFAULT.minSpeech();

  @Option(
      names = "--min-silence",
      paramLabel = "SECONDS",
      description = "Silence that ends a segment (0.1).")
  private double minSilence = VoiceActivityOptions.DEFAULT.minSilence();

  @Option(
      names = "--padding",
      paramLabel = "SECONDS",
      description = "Added at both ends of a segment (0.03).")
  private double padding = VoiceActivityOptions.DEFAULT.padding();

  @Option(
      names = "--max-speech",
      paramLabel = "SECONDS",
      description = "Cut longer segments, at a pause if there is one.")
  private double maxSpeech = VoiceActivityOptions.DEFAULT.maxSpeech();

  private Audio audio;
  private VoiceActivityOptions options;

  @Override
  String model() {
    return model;
  }

  @Override
  void prepare(Output output) {
    try {
      options =
          VoiceActivityOptions.DEFAULT
              .withThreshold(threshold)
              .withMinSpeech(minSpeech)
              .withMinSilence(minSilence)
              .withPadding(padding)
              .withMaxSpeech(maxSpeech);
    } catch (IllegalArgumentException e) {
      throw new GatunException(
          GatunException.Kind.USAGE, "these numbers make no sense: " + e.getMessage(), e);
    }
    audio = Audio.read(file);
  }

  @Override
  VoiceActivity load(GatunRuntime runtime, Policy policy, PullListener listener) {
    return VoiceActivity.load(runtime, model, options.withPolicy(policy), listener);
  }

  @Override
  SpeechActivity run(VoiceActivity voice) {
    return voice.detect(audio);
  }

  @Override
  void print(Output output, SpeechActivity result) {
    var table = new Table("FROM", "TO", "SECONDS");
    for (SpeechSegment segment : result.segments()) {
      table.row(
          Units.fixed(segment.start(), 3),
          Units.fixed(segment.end(), 3),
          Units.fixed(segment.duration(), 3));
    }
    output.text(table.toText());
    output.note("gatun: " + summary(result));
  }

  @Override
  Map<String, Object> members(SpeechActivity result) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("file", file.toString());
    members.put("seconds", result.duration());
    List<Map<String, Double>> segments =
        result.segments().stream()
            .map(each -> Map.of("start", each.start(), "end", each.end()))
            .toList();
    members.put("segments", segments);
    members.put("probabilities", result.probabilities());
    return members;
  }

  @Override
  String summary(SpeechActivity result) {
    return "%d segments, %s of %s s"
        .formatted(
            result.segments().size(),
            Units.fixed(result.speech(), 2),
            Units.fixed(result.duration(), 2));
  }

  @Override
  Difference difference(SpeechActivity reference, SpeechActivity other) {
    float[] a = reference.probabilities();
    float[] b = other.probabilities();
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs(a[i] - b[i]);
      largest = difference <= largest ? largest : difference;
    }
    boolean same = reference.segments().equals(other.segments());
    return new Difference(largest, TOLERANCE, same, "of a probability, with the same segments");
  }
}
