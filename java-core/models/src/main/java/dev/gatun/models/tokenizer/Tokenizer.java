package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.Vocabulary.BYTE;
import static dev.gatun.models.tokenizer.Vocabulary.CONTROL;
import static dev.gatun.models.tokenizer.Vocabulary.NORMAL;
import static dev.gatun.models.tokenizer.Vocabulary.UNKNOWN;
import static dev.gatun.models.tokenizer.Vocabulary.USER_DEFINED;

import dev.gatun.models.tokenizer.SpecialTokens.Role;
import dev.gatun.models.tokenizer.Tokenizers.Flags;
import dev.gatun.models.tokenizer.Tokenizers.Pieces;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Turns text into the token ids of a model and back. The ids are those that llama.cpp gives for the
 * same GGUF metadata. Immutable; safe for use by many threads. Made by {@link Tokenizers#from}.
 *
 * <p>Text that is not well-formed: an unpaired surrogate is encoded as U+FFFD. In bytes given to
 * {@link #encode(byte[], boolean, boolean)}, each byte outside of a well-formed sequence is split
 * off like U+FFFD but stands for itself, so that a vocabulary with a token for every byte gives it
 * back.
 */
public final class Tokenizer {
  private final Vocabulary vocabulary;
  private final SpecialTokens special;
  private final Encoder encoder;
  private final Flags flags;
  private final Pieces pieces;
  private final SpecialTokenFinder finder;

  Tokenizer(
      Vocabulary vocabulary, SpecialTokens special, Encoder encoder, Flags flags, Pieces pieces) {
    this.vocabulary = vocabulary;
    this.special = special;
    this.encoder = encoder;
    this.flags = flags;
    this.pieces = pieces;
    this.finder = new SpecialTokenFinder(vocabulary);
  }

  /** The tokens. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** The tokens that have a role. */
  public SpecialTokens special() {
    return special;
  }

  /** Whether {@code addSpecial} puts the begin-of-sequence token in front. */
  public boolean addsBos() {
    return flags.addBos();
  }

  /** Whether {@code addSpecial} puts the end-of-sequence token (BERT: the separator) behind. */
  public boolean addsEos() {
    return flags.addEos() || pieces == Pieces.WORDS;
  }

  /** Whether two texts in one sequence are to be separated by {@link SpecialTokens#sep()}. */
  public boolean addsSep() {
    return flags.addSep();
  }

  /** Whether text gets a space in front where it starts a sequence or follows a special token. */
  public boolean addsSpacePrefix() {
    return flags.addSpacePrefix();
  }

  /**
   * The tokens of a text.
   *
   * @param addSpecial whether to add the tokens that frame a sequence, as the model wants it
   * @param parseSpecial whether the texts of control tokens become these tokens; {@code false} for
   *     text from users, who could otherwise forge a turn
   * @throws TokenizerException when the vocabulary cannot express the text, or lacks the tokens
   *     that frame it
   */
  public int[] encode(CharSequence text, boolean addSpecial, boolean parseSpecial) {
    return encode(Utf8.encode(text), addSpecial, parseSpecial);
  }

  /**
   * The tokens of a text in UTF-8; the array is not changed.
   *
   * @see #encode(CharSequence, boolean, boolean)
   */
  public int[] encode(byte[] utf8, boolean addSpecial, boolean parseSpecial) {
    BitSet plain = new BitSet();
    plain.set(0, parseSpecial ? 0 : utf8.length);
    return encode(utf8, addSpecial, plain);
  }

  /**
   * The tokens of a text that is partly of unknown origin.
   *
   * @param addSpecial whether to add the tokens that frame a sequence, as the model wants it
   * @param plain units of the text (UTF-16) in which the texts of control tokens do not become
   *     these tokens, not even in part; elsewhere they do
   * @throws TokenizerException as {@link #encode(CharSequence, boolean, boolean)}
   */
  public int[] encode(CharSequence text, boolean addSpecial, BitSet plain) {
    byte[] utf8 = Utf8.encode(text);
    BitSet bytes = new BitSet();
    int at = 0;
    for (int i = 0; i < text.length() && plain.nextSetBit(i) >= 0; ) {
      int cp = Character.codePointAt(text, i);
      int units = Character.charCount(cp);
      // An unpaired surrogate becomes U+FFFD, which has as many bytes.
      int length = Utf8.length(cp);
      int marked = plain.nextSetBit(i);
      bytes.set(at, at + length, marked < i + units);
      i += units;
      at += length;
    }
    return encode(utf8, addSpecial, bytes);
  }

  /** Texts of the control and unknown tokens: what a message of a user could forge. */
  public Set<String> controlTexts() {
    Set<String> texts = new HashSet<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.has(id, CONTROL | UNKNOWN) && !vocabulary.token(id).isEmpty()) {
        texts.add(vocabulary.token(id));
      }
    }
    return Collections.unmodifiableSet(texts);
  }

  private int[] encode(byte[] utf8, boolean addSpecial, BitSet plain) {
    IntList out = new IntList(utf8.length / 3 + 8);
    if (addSpecial && flags.addBos()) {
      out.add(framing(Role.BOS));
    }
    encodeFragments(utf8, plain, out);
    if (addSpecial && pieces == Pieces.WORDS) {
      out.add(framing(Role.SEP));
    } else if (addSpecial && flags.addEos()) {
      out.add(framing(Role.EOS));
    }
    return out.toArray();
  }

  /**
   * The bytes that a token stands for: a copy. For tokens of byte-level models they need not be
   * whole code points. Control, unknown and user-defined tokens stand for their own text; unused
   * ones for nothing.
   *
   * @throws IndexOutOfBoundsException for an id that is not in the vocabulary
   */
  public byte[] pieceBytes(int token) {
    ByteList out = new ByteList(32);
    appendPiece(token, true, out);
    return out.toArray();
  }

  /**
   * The text of tokens, without control and unknown ones: {@link #decode(int[], boolean)} with
   * {@code false}.
   */
  public String decode(int... tokens) {
    return decode(tokens, false);
  }

  /**
   * The text of tokens: the inverse of {@code encode}, where that loses nothing. A space that
   * encoding puts in front of text is taken away again. Bytes that form no code points become
   * U+FFFD.
   *
   * @param showSpecial whether control and unknown tokens are shown
   * @throws IndexOutOfBoundsException for an id that is not in the vocabulary
   */
  public String decode(int[] tokens, boolean showSpecial) {
    byte[] bytes = decodeBytes(tokens, showSpecial);
    return Utf8.decode(bytes, 0, bytes.length);
  }

  /**
   * The bytes of {@link #decode(int[], boolean)}, as they are.
   *
   * @throws IndexOutOfBoundsException for an id that is not in the vocabulary
   */
  public byte[] decodeBytes(int[] tokens, boolean showSpecial) {
    ByteList out = new ByteList(tokens.length * 4);
    boolean prefixed = flags.addSpacePrefix() || pieces == Pieces.WORDS;
    boolean fresh = prefixed;
    for (int token : tokens) {
      int before = out.size();
      appendPiece(token, showSpecial, out);
      if (vocabulary.has(token, CONTROL | UNKNOWN | USER_DEFINED)) {
        fresh = prefixed && (pieces != Pieces.WORDS || out.size() == 0);
      } else if (out.size() > before) {
        if (fresh && out.array()[before] == ' ') {
          out.remove(before);
        }
        fresh = false;
      }
    }
    return out.toArray();
  }

  /**
   * A decoder for tokens as they are generated.
   *
   * @param showSpecial whether control and unknown tokens are shown
   */
  public StreamingDecoder streamingDecoder(boolean showSpecial) {
    return new StreamingDecoder(this, showSpecial, false);
  }

  /**
   * A decoder for the tokens of a text of its own, not the continuation of another: an answer.
   *
   * @param showSpecial whether control and unknown tokens are shown
   */
  public StreamingDecoder answerDecoder(boolean showSpecial) {
    return new StreamingDecoder(this, showSpecial, true);
  }

  /** Appends what a token stands for. */
  void appendPiece(int token, boolean showSpecial, ByteList out) {
    Objects.checkIndex(token, vocabulary.size());
    TokenTable table = vocabulary.table();
    int start = table.start(token);
    int end = table.end(token);
    if (vocabulary.has(token, CONTROL | UNKNOWN)) {
      if (showSpecial) {
        out.add(table.bytes(), start, end);
      }
    } else if (vocabulary.has(token, USER_DEFINED)) {
      out.add(table.bytes(), start, end);
    } else if (vocabulary.has(token, NORMAL)) {
      if (pieces == Pieces.BYTE_LEVEL) {
        ByteAlphabet.decode(table.bytes(), start, end, out);
      } else {
        Spaces.unescape(table.bytes(), start, end, out);
      }
    } else if (vocabulary.has(token, BYTE)) {
      int b = ByteTokens.byteOf(table, token);
      if (b >= 0) {
        out.add(b);
      }
    }
  }

  private void encodeFragments(byte[] utf8, BitSet plain, IntList out) {
    finder.partition(
        utf8,
        plain,
        new SpecialTokenFinder.Sink() {
          private final Encoder.Session session = encoder.session();
          private boolean afterSpecial = true;

          @Override
          public void accept(int from, int to, int token) {
            if (token >= 0) {
              out.add(token);
            } else {
              session.encode(utf8, from, to, afterSpecial, out);
            }
            afterSpecial = token >= 0;
          }
        });
  }

  private int framing(Role role) {
    int id = special.id(role);
    if (id < 0) {
      throw new TokenizerException(
          "the model wants a %s token around text, and tokenizer.ggml.%s is missing"
              .formatted(role, role.key));
    }
    return id;
  }
}
