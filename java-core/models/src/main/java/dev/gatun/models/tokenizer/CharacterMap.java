package dev.gatun.models.tokenizer;

import java.util.Arrays;

/**
 * SentencePiece's precompiled normalization: replacements for the longest matching prefixes.
 *
 * <p>A 32-bit length, that many bytes of a XOR-compressed compact double array (Kanda 2018; one
 * 32-bit word a node: base in bits 10 to 30, the byte that leads here in bits 0 to 7, "a
 * replacement ends here" in bit 8, "base is shifted by 8" in bit 9), and zero-terminated
 * replacement strings. All little-endian.
 */
final class CharacterMap {
  private static final String KEY = "tokenizer.ggml.precompiled_charsmap";
  private final int[] nodes;
  private final byte[] replacements;

  /**
   * Reads a map; the array is copied.
   *
   * @throws TokenizerException when its lengths contradict each other
   */
  CharacterMap(byte[] data) {
    if (data.length < 4) {
      throw new TokenizerException(KEY + " has less than 4 bytes");
    }
    long trieBytes = word(data, 0) & 0xFFFFFFFFL;
    if (trieBytes + 4 >= data.length) {
      throw new TokenizerException(
          "%s says that its trie has %d bytes; there are %d in all"
              .formatted(KEY, trieBytes, data.length));
    }
    nodes = new int[(int) trieBytes / 4];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = word(data, 4 + 4 * i);
    }
    int start = 4 + (int) trieBytes;
    replacements = Arrays.copyOfRange(data, start, data.length);
  }

  /**
   * Looks for the longest prefix of {@code text[from, to)} that has a replacement.
   *
   * @return its length in the upper half and where the replacement starts in the lower; 0 without
   *     one
   */
  long longestPrefix(byte[] text, int from, int to) {
    if (nodes.length == 0) {
      return 0;
    }
    long found = 0;
    int node = base(nodes[0]);
    for (int i = from; i < to && text[i] != 0; i++) {
      int c = text[i] & 0xFF;
      node ^= c;
      int packed = node(node);
      if ((packed & 0x800000FF) != c) {
        break;
      }
      node ^= base(packed);
      if ((packed & 1 << 8) != 0) {
        found = (long) (i - from + 1) << 32 | (node(node) & 0x7FFFFFFF);
      }
    }
    return found;
  }

  /** Appends a replacement. */
  void appendReplacement(int start, ByteList out) {
    int end = start;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    if (end >= replacements.length) {
      throw new TokenizerException(
          "%s: the replacement at %d does not end inside its %d bytes"
              .formatted(KEY, start, replacements.length));
    }
    out.add(replacements, start, end);
  }

  private int node(int index) {
    if (index < 0 || index >= nodes.length) {
      throw new TokenizerException(
          "%s: a node leads to %d, outside of its %d nodes"
              .formatted(KEY, index & 0xFFFFFFFFL, nodes.length));
    }
    return nodes[index];
  }

  private static int base(int packed) {
    return packed >>> 10 << ((packed & 1 << 9) >>> 6);
  }

  private static int word(byte[] b, int i) {
    return (b[i] & 0xFF) | (b[i + 1] & 0xFF) << 8 | (b[i + 2] & 0xFF) << 16 | b[i + 3] << 24;
  }
}
