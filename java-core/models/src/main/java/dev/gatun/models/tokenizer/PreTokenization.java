package dev.gatun.models.tokenizer;

import java.util.List;

/**
 * A name under {@code tokenizer.ggml.pre}: the splitting steps and the other habits that come with
 * it.
 *
 * @param splitter the steps
 * @param ignoreMerges a whole piece that is a token is taken without merging
 * @param addBos the default for adding the begin-of-sequence token
 * @param addSep the default for the separator between two texts
 * @param noBos no begin-of-sequence token unless the file names one
 * @param escapeSpaces spaces become U+2581 first, and symbols are code points instead of bytes
 */
record PreTokenization(
    PreTokenizer splitter,
    boolean ignoreMerges,
    boolean addBos,
    boolean addSep,
    boolean noBos,
    boolean escapeSpaces) {

  /** Every name that is understood, in alphabetical order. */
  static final List<String> NAMES =
      List.of(
          "a.x-4.0",
          "afmoe",
          "bailingmoe",
          "bailingmoe2",
          "bloom",
          "chameleon",
          "chatglm-bpe",
          "codeshell",
          "cohere2moe",
          "command-r",
          "dbrx",
          "deepseek-coder",
          "deepseek-llm",
          "deepseek-r1-qwen",
          "deepseek-v3",
          "default",
          "exaone",
          "exaone-moe",
          "exaone4",
          "f2llmv2",
          "falcon",
          "falcon-h1",
          "falcon3",
          "gemma4",
          "gigachat",
          "glm4",
          "glm5",
          "gpt-2",
          "gpt-4o",
          "gpt3-finnish",
          "granite-docling",
          "granite-embed-multi-311m",
          "granite-embed-multi-97m",
          "grok-2",
          "hunyuan",
          "hunyuan-dense",
          "hy_v4",
          "jais",
          "jais-2",
          "jina-de",
          "jina-es",
          "jina-v1-en",
          "jina-v2-code",
          "jina-v2-de",
          "jina-v2-es",
          "jina-v5-nano",
          "joyai-llm",
          "kanana2",
          "kimi-k2",
          "kormo",
          "laguna",
          "lfm2",
          "llada-moe",
          "llama-bpe",
          "llama-v3",
          "llama3",
          "llama4",
          "megrez",
          "mellum",
          "mellum2",
          "midm-2.0",
          "minerva-7b",
          "minicpm5",
          "minimax-m2",
          "modern-bert",
          "mpt",
          "olmo",
          "phi-2",
          "pixtral",
          "poro-chat",
          "qwen2",
          "qwen35",
          "refact",
          "roberta-bpe",
          "sarvam-moe",
          "seed-coder",
          "smaug-bpe",
          "smollm",
          "solar-open",
          "spark2_5",
          "stablelm2",
          "starcoder",
          "superbpe",
          "talkie",
          "tekken",
          "tiny_aya",
          "trillion",
          "ufakzeka",
          "viking",
          "whitespace",
          "youtu");

  /**
   * What a name stands for.
   *
   * @throws TokenizerException for an unknown name; the message lists the known ones
   */
  static PreTokenization of(String name) {
    return switch (name) {
      case "default" -> plain(PreTokenizer.DEFAULT);
      case "minicpm5" -> wholePieces(PreTokenizer.MINICPM5);
      case "llama3",
          "llama-v3",
          "llama-bpe",
          "falcon3",
          "falcon-h1",
          "pixtral",
          "midm-2.0",
          "lfm2",
          "jina-v5-nano" ->
          new PreTokenization(PreTokenizer.LLAMA3, true, true, false, false, false);
      case "dbrx", "smaug-bpe" -> plain(PreTokenizer.LLAMA3);
      case "chatglm-bpe" ->
          new PreTokenization(PreTokenizer.LLAMA3, false, false, false, true, false);
      case "glm4", "glm5" ->
          new PreTokenization(PreTokenizer.LLAMA3, true, false, false, true, false);
      case "jais-2" -> plain(PreTokenizer.JAIS2);
      case "deepseek-llm" -> plain(PreTokenizer.DEEPSEEK_LLM);
      case "deepseek-coder" -> plain(PreTokenizer.DEEPSEEK_CODER);
      case "deepseek-v3", "hunyuan-dense", "hy_v4", "joyai-llm" -> plain(PreTokenizer.DEEPSEEK3);
      case "spark2_5" -> plain(PreTokenizer.SPARK);
      case "youtu" -> wholePieces(PreTokenizer.YOUTU);
      case "falcon" -> plain(PreTokenizer.FALCON);
      case "starcoder",
          "refact",
          "command-r",
          "smollm",
          "codeshell",
          "exaone",
          "minerva-7b",
          "mellum2" ->
          plain(PreTokenizer.STARCODER);
      case "gpt-2",
          "phi-2",
          "jina-es",
          "jina-de",
          "gigachat",
          "jina-v2-es",
          "jina-v2-de",
          "a.x-4.0",
          "mellum",
          "modern-bert",
          "exaone4",
          "mpt",
          "olmo",
          "jais",
          "trillion",
          "granite-docling" ->
          plain(PreTokenizer.GPT2);
      case "jina-v1-en", "jina-v2-code", "roberta-bpe" ->
          new PreTokenization(PreTokenizer.GPT2, false, false, true, false, false);
      case "gemma4", "granite-embed-multi-311m" ->
          new PreTokenization(PreTokenizer.LINES, false, true, false, false, true);
      case "sarvam-moe" ->
          new PreTokenization(PreTokenizer.LINES, false, false, false, false, true);
      case "whitespace" -> plain(PreTokenizer.WHITESPACE);
      case "qwen2",
          "deepseek-r1-qwen",
          "kormo",
          "f2llmv2",
          "megrez",
          "stablelm2",
          "hunyuan",
          "solar-open",
          "bailingmoe",
          "bailingmoe2",
          "llada-moe",
          "grok-2" ->
          plain(PreTokenizer.QWEN2);
      case "qwen35" -> plain(PreTokenizer.QWEN35);
      case "poro-chat", "bloom", "gpt3-finnish" -> plain(PreTokenizer.BLOOM);
      case "viking" -> plain(PreTokenizer.VIKING);
      case "tekken" -> new PreTokenization(PreTokenizer.TEKKEN, true, true, false, false, false);
      case "chameleon" ->
          new PreTokenization(PreTokenizer.CHAMELEON, false, true, false, false, false);
      case "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2" -> plain(PreTokenizer.GPT4O);
      case "granite-embed-multi-97m" -> wholePieces(PreTokenizer.GRANITE_EMBEDDING);
      case "tiny_aya", "cohere2moe" -> plain(PreTokenizer.TINY_AYA);
      case "superbpe" -> plain(PreTokenizer.SUPERBPE);
      case "seed-coder" -> plain(PreTokenizer.SEED_CODER);
      case "kimi-k2" -> plain(PreTokenizer.KIMI_K2);
      case "ufakzeka" -> plain(PreTokenizer.UFAKZEKA);
      case "afmoe" -> plain(PreTokenizer.AFMOE);
      case "laguna" -> plain(PreTokenizer.LAGUNA);
      case "exaone-moe" -> plain(PreTokenizer.EXAONE_MOE);
      default ->
          throw new TokenizerException(
              "unknown pre-tokenizer '%s' (tokenizer.ggml.pre); known are: %s"
                  .formatted(name, String.join(", ", NAMES)));
    };
  }

  /** Whether symbols are bytes (GPT-2's byte alphabet) rather than code points. */
  boolean byteLevel() {
    return !escapeSpaces && splitter != PreTokenizer.WHITESPACE;
  }

  /**
   * Whether this is Gemma 4's: its begin-of-sequence token is added whatever the file says, and
   * line breaks are tokens as a whole.
   */
  boolean isGemma() {
    return escapeSpaces && addBos;
  }

  private static PreTokenization plain(PreTokenizer splitter) {
    return new PreTokenization(splitter, false, false, false, false, false);
  }

  private static PreTokenization wholePieces(PreTokenizer splitter) {
    return new PreTokenization(splitter, true, false, false, false, false);
  }
}
