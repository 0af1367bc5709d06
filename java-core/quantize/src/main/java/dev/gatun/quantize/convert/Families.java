package dev.gatun.quantize.convert;

import dev.gatun.formats.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The architectures that are converted. */
final class Families {
  private static final List<Family> ALL =
      List.of(
          new LlamaFamily(),
          new QwenFamily("qwen2", "Qwen2ForCausalLM", "Qwen2Model"),
          new QwenFamily("qwen3", "Qwen3ForCausalLM", "Qwen3Model"),
          new QwenMoeFamily("qwen2moe", "Qwen2MoeForCausalLM"),
          new QwenMoeFamily("qwen3moe", "Qwen3MoeForCausalLM"),
          new GemmaFamily("gemma", "GemmaForCausalLM"),
          new GemmaFamily("gemma2", "Gemma2ForCausalLM"),
          new GemmaFamily("gemma3", "Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"),
          new Phi3Family(),
          new BertFamily());

  private Families() {}

  /**
   * The family of a model of Hugging Face's.
   *
   * @throws ModelFormatException when its class is not converted; the message lists those that are
   */
  static Family of(HfConfig config) {
    String wanted = config.modelClass();
    List<String> known = new ArrayList<>();
    for (Family family : ALL) {
      if (family.classes().contains(wanted)) {
        return family;
      }
      known.addAll(family.classes());
    }
    throw config.bad(
        "is a model of class '%s', which is not converted; converted are %s"
            .formatted(wanted, String.join(", ", known)));
  }

  /** The family of an architecture of GGUF's. */
  static Optional<Family> named(String architecture) {
    return ALL.stream().filter(family -> family.architecture().equals(architecture)).findFirst();
  }

  /** GGUF's names of the architectures. */
  static List<String> names() {
    return ALL.stream().map(Family::architecture).toList();
  }
}
