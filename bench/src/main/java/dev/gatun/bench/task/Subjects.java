package dev.gatun.bench.task;

import dev.gatun.pipelines.Embedding;
import dev.gatun.pipelines.EmbeddingOptions;
import dev.gatun.pipelines.LanguageModel;
import dev.gatun.pipelines.LoadOptions;
import dev.gatun.pipelines.audio.Audio;
import dev.gatun.pipelines.filetype.FileClassifier;
import dev.gatun.pipelines.filetype.FileTypeOptions;
import dev.gatun.pipelines.filetype.FileTypeResult;
import dev.gatun.pipelines.image.Picture;
import dev.gatun.pipelines.ocr.TextLine;
import dev.gatun.pipelines.ocr.TextRecognition;
import dev.gatun.pipelines.ocr.TextRecognitionOptions;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.pipelines.speech.VoiceActivity;
import dev.gatun.pipelines.speech.VoiceActivityOptions;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.Shape;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Loads models of each kind to be measured. */
public final class Subjects {
  private Subjects() {}

  /**
   * Loads a model.
   *
   * @param options of a language model; its policy holds for every kind
   * @param shapes of a network's inputs, by name
   * @throws dev.gatun.tensor.GatunException when it cannot be loaded, or nothing can run it
   */
  public static Subject load(
      GatunRuntime runtime,
      LocatedModel located,
      ModelKind kind,
      LoadOptions options,
      Map<String, Shape> shapes) {
    Policy policy = options.policy();
    String name = located.name();
    return switch (kind) {
      case LANGUAGE -> new LanguageSubject(runtime, LanguageModel.load(runtime, located, options));
      case EMBEDDING -> embedding(runtime, name, policy);
      case FILE_TYPE -> fileType(runtime, name, policy);
      case VOICE_ACTIVITY -> voice(runtime, name, policy);
      case TEXT_RECOGNITION -> reader(runtime, name, policy);
      case NETWORK -> {
        ModelFolder folder = ModelFolder.of(located);
        yield NetworkSubject.load(runtime, folder.network("model.onnx"), policy, shapes);
      }
    };
  }

  private static Subject embedding(GatunRuntime runtime, String name, Policy policy) {
    List<String> texts = Questions.texts(Scenario.MANY);
    return new PipelineSubject<>(
        runtime,
        Embedding.load(runtime, name, EmbeddingOptions.DEFAULT.withPolicy(policy)),
        (embedding, samples) -> embedding.embed(texts.subList(0, samples)),
        embedding -> {
          List<float[]> vectors = embedding.embed(texts.subList(0, Scenario.STREAMS));
          int columns = vectors.getFirst().length;
          float[] all = new float[vectors.size() * columns];
          for (int i = 0; i < vectors.size(); i++) {
            System.arraycopy(vectors.get(i), 0, all, i * columns, columns);
          }
          return Answer.ofRows(all, columns);
        });
  }

  private static Subject fileType(GatunRuntime runtime, String name, Policy policy) {
    Path file = Questions.file();
    return new PipelineSubject<>(
        runtime,
        FileClassifier.load(runtime, name, FileTypeOptions.DEFAULT.withPolicy(policy)),
        (files, samples) -> files.classify(Collections.nCopies(samples, file)),
        files -> {
          FileTypeResult result = files.classify(file);
          return Answer.of(
              new float[] {(float) result.score()}, List.of(result.type().description()));
        });
  }

  private static Subject voice(GatunRuntime runtime, String name, Policy policy) {
    Audio sound = Questions.sound();
    return new PipelineSubject<>(
        runtime,
        VoiceActivity.load(runtime, name, VoiceActivityOptions.DEFAULT.withPolicy(policy)),
        (voice, samples) -> {
          for (int i = 0; i < samples; i++) {
            voice.detect(sound);
          }
        },
        voice -> {
          float[] probabilities = voice.detect(sound).probabilities();
          List<String> labels = new java.util.ArrayList<>();
          for (float probability : probabilities) {
            labels.add(probability > 0.5f ? "speech" : "silence");
          }
          return Answer.of(probabilities, labels);
        });
  }

  private static Subject reader(GatunRuntime runtime, String name, Policy policy) {
    Picture picture = Questions.picture();
    return new PipelineSubject<>(
        runtime,
        TextRecognition.load(runtime, name, TextRecognitionOptions.DEFAULT.withPolicy(policy)),
        (reader, samples) -> {
          for (int i = 0; i < samples; i++) {
            reader.read(picture);
          }
        },
        reader -> {
          List<TextLine> lines = reader.read(picture);
          float[] scores = new float[lines.size()];
          for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) lines.get(i).score();
          }
          return Answer.of(scores, lines.stream().map(TextLine::text).toList());
        });
  }
}
