package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.tensor.GatunException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SequenceBreakersTest {
  private static final List<String> WORDS = List.of("a", "\n", "a:", "x##", "#", "##", "b###c");

  private static SequenceBreakers of(String... texts) {
    return SequenceBreakers.of(
        List.of(texts),
        WORDS.size(),
        WORDS::get,
        text -> text.equals("##") ? new int[] {5} : new int[] {4});
  }

  @Test
  void everyTokenThatContainsTheTextIsOne() {
    assertEquals(List.of(List.of(1), List.of(2)), of("\n", ":").sequences());
  }

  @Test
  void tokensThatEndWithItsBeginningAreFollowedByItsRest() {
    assertEquals(
        Set.of(
            List.of(3, 4), List.of(3, 5), List.of(4, 5), List.of(5, 4), List.of(5, 5), List.of(6)),
        Set.copyOf(of("###").sequences()));
  }

  @Test
  void emptyAndRepeatedTextsAddNothing() {
    assertEquals(List.of(), of("").sequences());
    assertEquals(of(":").sequences(), of(":", ":").sequences());
  }

  @Test
  void anEmptySequenceIsRefused() {
    assertThrows(GatunException.class, () -> new SequenceBreakers(List.of(List.of())));
  }
}
