package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import org.junit.jupiter.api.Test;

/**
 * The table against the JDK's, which knows a later Unicode: what 15.1 assigns has the same
 * properties there.
 */
class UnicodeDataTest {
  private static final String WHITE_SPACE =
      "\t\n\u000B\f\r \u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
          + "\u200A\u2028\u2029\u202F\u205F\u3000";

  @Test
  void classesAreThoseOfTheJdk() {
    int later = 0;
    for (int cp = 0; cp <= Character.MAX_CODE_POINT; cp++) {
      int bits = UnicodeData.classOf(cp);
      if (bits == UnicodeData.UNDEFINED) {
        later += Character.getType(cp) == Character.UNASSIGNED ? 0 : 1;
      } else {
        assertEquals(expected(cp), bits, Integer.toHexString(cp));
      }
    }
    // Unicode 16.0 added 5185 characters to 15.1; a later JDK knows still more.
    assertTrue(later >= 5185, "assigned since: " + later);
  }

  @Test
  void lowercaseIsTheJdks() {
    for (int cp = 0; cp <= Character.MAX_CODE_POINT; cp++) {
      int lower = Character.toLowerCase(cp);
      boolean knownBoth =
          UnicodeData.classOf(cp) != UnicodeData.UNDEFINED
              && UnicodeData.classOf(lower) != UnicodeData.UNDEFINED;
      assertEquals(knownBoth ? lower : cp, UnicodeData.lowercase(cp), Integer.toHexString(cp));
    }
  }

  @Test
  void decompositionStartsLikeTheJdks() {
    int decomposed = 0;
    for (int cp = 0; cp <= Character.MAX_CODE_POINT; cp++) {
      if (UnicodeData.classOf(cp) == UnicodeData.UNDEFINED || (cp >= 0xD800 && cp < 0xE000)) {
        assertEquals(cp, UnicodeData.decompositionBase(cp));
        continue;
      }
      String full = Normalizer.normalize(Character.toString(cp), Normalizer.Form.NFD);
      assertEquals(full.codePointAt(0), UnicodeData.decompositionBase(cp), Integer.toHexString(cp));
      decomposed += full.codePointAt(0) == cp ? 0 : 1;
    }
    assertTrue(decomposed > 11_000, "decomposed: " + decomposed);
  }

  @Test
  void malformedBytesLookLikeReplacementCharacters() {
    assertEquals(UnicodeData.classOf(0xFFFD), UnicodeData.classOf(Utf8.MALFORMED));
  }

  private static int expected(int cp) {
    if (WHITE_SPACE.indexOf(cp) >= 0) {
      return UnicodeData.WHITESPACE;
    }
    return switch (Character.getType(cp)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          UnicodeData.NUMBER;
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          UnicodeData.LETTER;
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          UnicodeData.MARK;
      case Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.CONNECTOR_PUNCTUATION,
          Character.OTHER_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION ->
          UnicodeData.PUNCTUATION;
      case Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL ->
          UnicodeData.SYMBOL;
      default -> UnicodeData.CONTROL;
    };
  }
}
