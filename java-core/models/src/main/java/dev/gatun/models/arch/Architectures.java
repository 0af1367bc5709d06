package dev.gatun.models.arch;

import dev.gatun.graph.ModelSource;
import java.util.List;

/** The architectures that Gatun builds. */
public final class Architectures {
  private static final List<Architecture> ALL =
      List.of(
          new Llama(),
          new Qwen2(),
          new Qwen2Moe(),
          new Qwen3(),
          new Qwen3Moe(),
          new Gemma(),
          new Gemma2(),
          new Gemma3(),
          new Phi3(),
          new SmolLm3(),
          new Granite(),
          new Olmo2(),
          new Olmoe(),
          new StableLm(),
          new StarCoder2(),
          new GptNeoX(),
          new DeepSeek2(),
          new Bert(),
          new NomicBert());

  private Architectures() {}

  /** All names that {@link #of} knows, in a fixed order. */
  public static List<String> names() {
    return ALL.stream().flatMap(architecture -> architecture.names().stream()).toList();
  }

  /**
   * The architecture of a model, by {@code general.architecture}.
   *
   * @throws ModelException when the model does not name one
   * @throws UnsupportedModelException when it is not built
   */
  public static Architecture of(ModelSource source) {
    String name = Hyperparameters.architecture(source);
    for (Architecture architecture : ALL) {
      if (architecture.names().contains(name)) {
        return architecture;
      }
    }
    throw new UnsupportedModelException(
        "%s: architecture '%s' is not supported; supported are %s"
            .formatted(source.name(), name, String.join(", ", names())));
  }

  /** Builds the graph of a model: {@code of(source).build(source, options)}. */
  public static ModelGraph build(ModelSource source, BuildOptions options) {
    return of(source).build(source, options);
  }
}
