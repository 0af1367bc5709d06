package dev.gatun.models.tokenizer;

/**
 * Byte-pair encoding without white space (llama.cpp's tokenizer model "whitespace"): words go to
 * another encoder one by one, in lower case where asked for, and the white space between them is
 * dropped.
 */
record UnspacedEncoder(BpeEncoder words, boolean lowercase) implements Encoder {
  @Override
  public Encoder.Session session() {
    Encoder.Session session = words.session();
    ByteList word = new ByteList(64);
    return (text, from, to, afterSpecial, out) -> {
      for (int i = from; i <= to; ) {
        int cp = i < to ? Utf8.codePoint(text, i, to) : ' ';
        i += Utf8.length(cp);
        if (UnicodeData.classOf(cp) != UnicodeData.WHITESPACE) {
          word.addCodePoint(cp < 0 ? 0xFFFD : lowercase ? UnicodeData.lowercase(cp) : cp);
        } else if (word.size() > 0) {
          session.encode(word.array(), 0, word.size(), afterSpecial, out);
          word.clear();
        }
      }
    };
  }
}
