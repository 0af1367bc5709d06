package dev.gatun.bench.micro;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Texts of 3 to 120 words, as many between 3 and 6 as between 60 and 120. Words are random, some of
 * one token of BERT's vocabulary and some of several; the same count gives the same texts.
 */
final class SyntheticTexts {
  private static final String[] COMMON =
      """
      the of and a to in is was for on that with as it by at from his an were are which this be had
      has but not or its one their he they all after been who two other first when there into time
      she would about only many some between up out then no under over most where so these people
      city world school state year life day water house small large long old new early high part
      place work river island war king company music film team game book story family road church
      north south east west language number group form name line court law land field station bridge
      light sound engine market price paper letter winter summer morning evening
      """
          .split("\\s+");

  private static final String[] RARE =
      """
      thermodynamics archipelago locksmith barometric cantilevered pneumatics Reykjavik heliotrope
      unfathomable misinterpretation jacquard Kierkegaard ombudsman perihelion quasiperiodic
      rhododendron semaphore tessellation unenforceable ventriloquist Wolverhampton xylophonist
      zeppelins counterclockwise bioluminescent Liechtenstein electroencephalogram hydroelectric
      """
          .split("\\s+");

  private static final String[] ENDS = {"", ".", ".", ".", "?", "!"};

  private SyntheticTexts() {}

  static List<String> of(int count) {
    var random = new SplittableRandom(20261129);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(text(random));
    }
    return texts;
  }

  private static String text(SplittableRandom random) {
    long words = Math.round(3 * Math.pow(40, random.nextDouble()));
    var text = new StringBuilder();
    for (long i = 0; i < words; i++) {
      if (i > 0) {
        text.append(random.nextInt(16) == 0 ? ", " : " ");
      }
      text.append(word(random));
    }
    String first = text.substring(0, 1).toUpperCase(Locale.ROOT);
    return first + text.substring(1) + ENDS[random.nextInt(ENDS.length)];
  }

  private static String word(SplittableRandom random) {
    double draw = random.nextDouble();
    if (draw < 0.03) {
      return Integer.toString(random.nextInt(2500));
    }
    String[] words = draw < 0.15 ? RARE : COMMON;
    return words[random.nextInt(words.length)];
  }
}
