package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.Vocabulary.CONTROL;
import static dev.gatun.models.tokenizer.Vocabulary.NORMAL;
import static dev.gatun.models.tokenizer.Vocabulary.UNUSED;
import static dev.gatun.models.tokenizer.Vocabulary.USER_DEFINED;

import dev.gatun.models.tokenizer.SpecialTokens.Role;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the tokens that have a role: by the ids in the metadata, and by well-known texts, because
 * most files do not name all of them. The texts and the corrections of types are llama.cpp's
 * ({@code llama_vocab::impl::load}), so that generation ends where it ends there. Where several
 * texts fit one role, the first of our list counts (llama.cpp takes any).
 */
final class SpecialTokenDetector {
  private static final String PREFIX = "tokenizer.ggml.";

  private static final List<String> END_OF_TURN =
      List.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "<|end_of_text|>",
          "<EOT>",
          "_<EOT>",
          "[EOT]",
          "<｜end▁of▁sentence｜>",
          "<end_of_utterance>");

  private static final List<String> END_OF_GENERATION =
      List.of(
          "<|return|>",
          "<|call|>",
          "<|flush|>",
          "<|calls|>",
          "</s>",
          "<|eom_id|>",
          "[EOS]",
          "<eos>",
          "<turn|>",
          "<|tool_response>",
          "[e~[");

  /** Harmony's markup, which is always shown. */
  private static final List<String> ALWAYS_SHOWN =
      List.of("<|channel|>", "<|message|>", "<|start|>", "<|constrain|>");

  /** Roles whose tokens end generation. */
  private static final List<Role> ENDING =
      List.of(Role.FIM_PAD, Role.FIM_REPOSITORY, Role.FIM_SEPARATOR, Role.EOS, Role.EOT, Role.EOM);

  private final TokenTable tokens;
  private final byte[] attributes;
  private final EnumMap<Role, Integer> ids;

  private SpecialTokenDetector(TokenTable tokens, byte[] attributes, EnumMap<Role, Integer> ids) {
    this.tokens = tokens;
    this.attributes = attributes;
    this.ids = ids;
  }

  /**
   * Finds all roles.
   *
   * @param attributes of all tokens; corrected in place
   * @param defaults ids that hold where the file names none, if the vocabulary has them
   * @throws TokenizerException when the metadata name an id outside the vocabulary
   */
  static SpecialTokens detect(
      TokenizerMetadata metadata,
      TokenTable tokens,
      byte[] attributes,
      Map<Role, Integer> defaults) {
    EnumMap<Role, Integer> ids = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      int id = defaults.getOrDefault(role, TokenTable.NONE);
      int named = metadata.tokenId(PREFIX.concat(role.key), tokens.size());
      int old =
          role.oldKey == null
              ? TokenTable.NONE
              : metadata.tokenId(PREFIX.concat(role.oldKey), tokens.size());
      if (old >= 0 || named >= 0) {
        ids.put(role, old >= 0 ? old : named);
      } else if (id >= 0 && id < tokens.size()) {
        ids.put(role, id);
      }
    }
    return new SpecialTokenDetector(tokens, attributes, ids).detect();
  }

  private SpecialTokens detect() {
    byText(Role.EOT, END_OF_TURN);
    byText(Role.EOM, List.of("<|eom_id|>"));
    byText(
        Role.FIM_PREFIX,
        List.of(
            "<|fim_prefix|>",
            "<fim-prefix>",
            "<fim_prefix>",
            "<｜fim▁begin｜>",
            "<PRE>",
            "▁<PRE>",
            "<|code_prefix|>",
            "<|prefix|>"));
    byText(
        Role.FIM_SUFFIX,
        List.of(
            "<|fim_suffix|>",
            "<fim-suffix>",
            "<fim_suffix>",
            "<｜fim▁hole｜>",
            "<SUF>",
            "▁<SUF>",
            "<|code_suffix|>",
            "<|suffix|>"));
    byText(
        Role.FIM_MIDDLE,
        List.of(
            "<|fim_middle|>",
            "<fim-middle>",
            "<fim_middle>",
            "<｜fim▁end｜>",
            "<MID>",
            "▁<MID>",
            "<|code_middle|>",
            "<|middle|>"));
    byText(Role.FIM_PAD, List.of("<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"));
    byText(
        Role.FIM_REPOSITORY,
        List.of("<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"));
    byText(Role.FIM_SEPARATOR, List.of("<|file_sep|>"));
    markUnused();
    return new SpecialTokens(ids, endOfGeneration());
  }

  private void byText(Role role, List<String> texts) {
    for (String text : texts) {
      int id = tokens.find(text);
      if (id >= 0 && !ids.containsKey(role)) {
        ids.put(role, id);
        attributes[id] |= CONTROL;
      }
    }
  }

  /** Control tokens with "unused" in their text are free slots. */
  private void markUnused() {
    byte[] word = "unused".getBytes(StandardCharsets.US_ASCII);
    for (int id = 0; id < tokens.size(); id++) {
      if ((attributes[id] & CONTROL) != 0 && contains(id, word)) {
        attributes[id] |= UNUSED;
      }
    }
  }

  private boolean contains(int id, byte[] word) {
    for (int i = tokens.start(id); i + word.length <= tokens.end(id); i++) {
      if (Arrays.equals(tokens.bytes(), i, i + word.length, word, 0, word.length)) {
        return true;
      }
    }
    return false;
  }

  private int[] endOfGeneration() {
    BitSet ending = new BitSet();
    for (List<String> texts : List.of(END_OF_TURN, END_OF_GENERATION)) {
      for (String text : texts) {
        int id = tokens.find(text);
        if (id >= 0) {
          ending.set(id);
          attributes[id] |= CONTROL;
        }
      }
    }
    for (String text : ALWAYS_SHOWN) {
      int id = tokens.find(text);
      if (id >= 0) {
        attributes[id] = USER_DEFINED;
      }
    }
    for (Role role : ENDING) {
      if (ids.containsKey(role)) {
        ending.set(ids.get(role));
      }
    }
    // Where a model ends turns in another way, these two are ordinary text.
    boolean call = has(ending, "<|call|>") || has(ending, "<|calls|>");
    if (call && (has(ending, "<|return|>") || has(ending, "<|flush|>"))) {
      notEnding(ending, "<|end|>", USER_DEFINED);
    }
    if (has(ending, "<|tool_response>") || has(ending, "<|plamo:eos|>")) {
      notEnding(ending, "</s>", NORMAL);
    }
    int[] sorted = new int[ending.cardinality()];
    int id = -1;
    for (int i = 0; i < sorted.length; i++) {
      id = ending.nextSetBit(id + 1);
      sorted[i] = id;
    }
    return sorted;
  }

  private boolean has(BitSet ids, String text) {
    int id = tokens.find(text);
    return id >= 0 && ids.get(id);
  }

  private void notEnding(BitSet ending, String text, int attribute) {
    if (has(ending, text)) {
      int id = tokens.find(text);
      ending.clear(id);
      attributes[id] = (byte) attribute;
    }
  }
}
