package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.UnicodeData.CONTROL;
import static dev.gatun.models.tokenizer.UnicodeData.MARK;
import static dev.gatun.models.tokenizer.UnicodeData.PUNCTUATION;
import static dev.gatun.models.tokenizer.UnicodeData.SYMBOL;
import static dev.gatun.models.tokenizer.UnicodeData.WHITESPACE;

/**
 * BERT's WordPiece (Devlin et al. 2018) as llama.cpp has it: text is normalised and cut into words
 * and single punctuation marks and ideographs, and each word is covered from left to right by the
 * longest tokens; a word that cannot be covered is one unknown token. Tokens that start a word have
 * a visible space in front, those inside a word nothing.
 */
final class WordPieceEncoder implements Encoder {
  /** As in BERT's own code, one range of which starts at 2B920 for 2B820. */
  private static final CodePointSet IDEOGRAPHS =
      CodePointSet.ofRanges(
          0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xF900, 0xFAFF, 0x20000, 0x2A6DF, 0x2A700, 0x2B73F,
          0x2B740, 0x2B81F, 0x2B920, 0x2CEAF, 0x2F800, 0x2FA1F);

  private final TokenTable tokens;
  private final int unknown;
  private final boolean lowercase;
  private final boolean stripAccents;

  WordPieceEncoder(TokenTable tokens, int unknown, boolean lowercase, boolean stripAccents) {
    this.tokens = tokens;
    this.unknown = unknown;
    this.lowercase = lowercase;
    this.stripAccents = stripAccents;
  }

  @Override
  public Encoder.Session session() {
    return new Session();
  }

  private final class Session implements Encoder.Session {
    private final ByteList word = new ByteList(64);
    private final int[] prefixHashes = new int[tokens.maxLength() + 1];

    @Override
    public void encode(byte[] text, int from, int to, boolean afterSpecial, IntList out) {
      startWord();
      for (int i = from; i < to; ) {
        int cp = Utf8.codePoint(text, i, to);
        i += Utf8.length(cp);
        if (stripAccents && cp >= 0) {
          cp = UnicodeData.decompositionBase(cp);
        }
        int bits = UnicodeData.classOf(cp);
        if ((bits & WHITESPACE) != 0) {
          endWord(out);
        } else if (cp > 0
            && cp != 0xFFFD
            && (bits & CONTROL) == 0
            && !(stripAccents && (bits & MARK) != 0)) {
          boolean single =
              (bits & PUNCTUATION) != 0
                  || (cp < 0x7F && (bits & SYMBOL) != 0)
                  || IDEOGRAPHS.contains(cp);
          if (single) {
            endWord(out);
          }
          word.addCodePoint(lowercase ? UnicodeData.lowercase(cp) : cp);
          if (single) {
            endWord(out);
          }
        }
      }
      endWord(out);
    }

    private void startWord() {
      word.clear();
      Spaces.add(word);
    }

    private void endWord(IntList out) {
      if (word.size() > 3) {
        int before = out.size();
        if (!cover(out)) {
          out.truncate(before);
          if (unknown < 0) {
            throw new TokenizerException(
                "the text has a word that the vocabulary cannot express, and no unknown token");
          }
          out.add(unknown);
        }
        startWord();
      }
    }

    private boolean cover(IntList out) {
      byte[] b = word.array();
      int n = word.size();
      for (int at = 0; at < n; ) {
        int limit = Math.min(n - at, tokens.maxLength());
        prefixHashes[0] = TokenTable.HASH_START;
        for (int k = 1; k <= limit; k++) {
          prefixHashes[k] = TokenTable.hash(prefixHashes[k - 1], b, at + k - 1, at + k);
        }
        int length = limit;
        int id = TokenTable.NONE;
        while (length > 0) {
          id = tokens.find(b, at, at + length, prefixHashes[length]);
          if (id >= 0) {
            break;
          }
          length--;
        }
        if (id < 0) {
          return false;
        }
        out.add(id);
        at += length;
      }
      return true;
    }
  }
}
