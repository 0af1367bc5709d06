package dev.gatun.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class Utf8StringsTest {
  @Test
  void holdsStringsOneAfterTheOther() {
    Utf8Strings strings = Utf8Strings.of(List.of("a", "", "\u00e9\u4e2d", "\uD83D\uDE00"));
    assertEquals(4, strings.size());
    assertEquals(10, strings.bytes().length);
    assertEquals("a", strings.get(0));
    assertEquals("", strings.get(1));
    assertEquals("\u00e9\u4e2d", strings.get(2));
    assertEquals("\uD83D\uDE00", strings.get(3));
    assertEquals(6, strings.offset(3));
    assertEquals(10, strings.offset(4));
  }

  @Test
  void refusesOffsetsThatDoNotFit() {
    byte[] bytes = new byte[3];
    assertThrows(IllegalArgumentException.class, () -> new Utf8Strings(bytes, new int[0]));
    assertThrows(IllegalArgumentException.class, () -> new Utf8Strings(bytes, new int[] {1, 3}));
    assertThrows(IllegalArgumentException.class, () -> new Utf8Strings(bytes, new int[] {0, 2}));
    assertThrows(
        IllegalArgumentException.class, () -> new Utf8Strings(bytes, new int[] {0, 2, 1, 3}));
  }
}
