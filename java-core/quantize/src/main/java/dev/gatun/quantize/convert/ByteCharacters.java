package dev.gatun.quantize.convert;

/** GPT-2's stand-ins for bytes: printable ones stand for themselves, others follow from U+0100. */
final class ByteCharacters {
  private static final String CHARACTERS = characters();

  private ByteCharacters() {}

  static char of(int value) {
    return CHARACTERS.charAt(value);
  }

  private static String characters() {
    StringBuilder out = new StringBuilder(256);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable =
          (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
      out.append((char) (printable ? b : next++));
    }
    return out.toString();
  }
}
