package dev.gatun.models.tokenizer;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.OptionalInt;

/** The tokens of a vocabulary that have a role. Immutable. */
public final class SpecialTokens {
  /** Roles that a file may assign, with the metadata key that does. */
  enum Role {
    BOS("bos_token_id"),
    EOS("eos_token_id"),
    EOT("eot_token_id"),
    EOM("eom_token_id"),
    UNK("unknown_token_id"),
    SEP("seperator_token_id"),
    PAD("padding_token_id"),
    CLS("cls_token_id"),
    MASK("mask_token_id"),
    FIM_PREFIX("fim_pre_token_id", "prefix_token_id"),
    FIM_SUFFIX("fim_suf_token_id", "suffix_token_id"),
    FIM_MIDDLE("fim_mid_token_id", "middle_token_id"),
    FIM_PAD("fim_pad_token_id"),
    FIM_REPOSITORY("fim_rep_token_id"),
    FIM_SEPARATOR("fim_sep_token_id");

    /** Without the prefix {@code tokenizer.ggml.}. */
    final String key;

    /** An older key, or null; it counts where it is present. */
    final String oldKey;

    Role(String key) {
      this(key, null);
    }

    Role(String key, String oldKey) {
      this.key = key;
      this.oldKey = oldKey;
    }
  }

  private final EnumMap<Role, Integer> ids;
  private final int[] endOfGeneration;

  /**
   * Takes ownership of both.
   *
   * @param ids without the roles that no token has
   * @param endOfGeneration ascending
   */
  SpecialTokens(EnumMap<Role, Integer> ids, int[] endOfGeneration) {
    this.ids = ids;
    this.endOfGeneration = endOfGeneration;
  }

  /** Begin of sequence. */
  public OptionalInt bos() {
    return get(Role.BOS);
  }

  /** End of sequence. */
  public OptionalInt eos() {
    return get(Role.EOS);
  }

  /** End of turn. */
  public OptionalInt eot() {
    return get(Role.EOT);
  }

  /** End of message: the turn goes on with a tool's answer. */
  public OptionalInt eom() {
    return get(Role.EOM);
  }

  /** Unknown text. */
  public OptionalInt unk() {
    return get(Role.UNK);
  }

  /** Separator of texts. */
  public OptionalInt sep() {
    return get(Role.SEP);
  }

  /** Padding. */
  public OptionalInt pad() {
    return get(Role.PAD);
  }

  /** The token whose output stands for the whole text; in BERT models the begin of sequence. */
  public OptionalInt cls() {
    return get(Role.CLS);
  }

  /** A blank to fill in. */
  public OptionalInt mask() {
    return get(Role.MASK);
  }

  /** Fill in the middle: what follows is the text before the gap. */
  public OptionalInt fimPrefix() {
    return get(Role.FIM_PREFIX);
  }

  /** Fill in the middle: what follows is the text after the gap. */
  public OptionalInt fimSuffix() {
    return get(Role.FIM_SUFFIX);
  }

  /** Fill in the middle: what follows fills the gap. */
  public OptionalInt fimMiddle() {
    return get(Role.FIM_MIDDLE);
  }

  /** Fill in the middle: padding. */
  public OptionalInt fimPad() {
    return get(Role.FIM_PAD);
  }

  /** Fill in the middle: what follows is a repository's name. */
  public OptionalInt fimRepository() {
    return get(Role.FIM_REPOSITORY);
  }

  /** Fill in the middle: between two files. */
  public OptionalInt fimSeparator() {
    return get(Role.FIM_SEPARATOR);
  }

  /** Whether generation ends with this token. */
  public boolean isEndOfGeneration(int token) {
    return Arrays.binarySearch(endOfGeneration, token) >= 0;
  }

  /** All tokens that end generation, ascending; a copy. */
  public int[] endOfGeneration() {
    return endOfGeneration.clone();
  }

  /** The id of a role, or a negative number. */
  int id(Role role) {
    return ids.getOrDefault(role, TokenTable.NONE);
  }

  private OptionalInt get(Role role) {
    int id = id(role);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
