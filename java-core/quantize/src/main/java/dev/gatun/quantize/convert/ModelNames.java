package dev.gatun.quantize.convert;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a model's name tells by the customs of its publishers: {@code Llama-3.2-1B-Instruct} has the
 * base name Llama, version 3.2, size 1B and the fine-tune Instruct (source: GGUF's naming
 * convention as llama.cpp's converter reads it).
 */
record ModelNames(
    String name,
    Optional<String> organization,
    Optional<String> base,
    Optional<String> tune,
    Optional<String> version,
    Optional<String> size) {

  private enum Part {
    BASE,
    SIZE,
    TUNE,
    VERSION,
    TYPE
  }

  private static final Pattern VERSION = pattern("(v|iter)?\\d+([.]\\d+)*");
  private static final Pattern TYPE = pattern("i?q\\d(_\\w)*|b?fp?(16|32)");
  private static final Pattern SIZE =
      pattern("(([A]|\\d+[x])?\\d+([._]\\d+)?[KMBT][\\d]?|small|mini|medium|large|x?xl)");
  private static final Pattern TUNE = pattern("chat|instruct|vision|lora");
  private static final Pattern NUMBERED = Pattern.compile("v\\d+(?:\\.\\d+)*|\\d.*");

  private static Pattern pattern(String text) {
    return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
  }

  /**
   * Takes a name apart.
   *
   * @param parameters how many the model has; a size that is far from it is no size. Negative,
   *     those of the weights that an adapter changes, where only a size far below is none
   */
  static ModelNames of(String id, long parameters) {
    if (id.contains(" ")) {
      return new ModelNames(
          id,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    int slash = id.indexOf('/');
    Optional<String> owner =
        slash > 0 && !id.startsWith(".") ? Optional.of(id.substring(0, slash)) : Optional.empty();
    String full = id.substring(slash + 1);
    List<String> words = new ArrayList<>();
    List<EnumSet<Part>> parts = new ArrayList<>();
    for (String word : full.split("-", -1)) {
      if (!word.isEmpty()) {
        parts.add(EnumSet.noneOf(Part.class));
        words.add(annotate(word, words.size(), parts.getLast(), parameters));
      }
    }
    dropWordSizes(words, parts);
    findBase(words, parts);
    Optional<String> size = join(words, parts, set -> set.contains(Part.SIZE));
    Optional<String> tune = join(words, parts, set -> set.contains(Part.TUNE));
    Optional<String> version =
        join(words, parts, set -> set.contains(Part.VERSION) && !set.contains(Part.BASE));
    boolean telling = size.isPresent() || tune.isPresent() || version.isPresent();
    Optional<String> base =
        telling ? join(words, parts, set -> set.contains(Part.BASE)) : Optional.empty();
    return new ModelNames(full, owner, base, tune, version, size);
  }

  private static String annotate(String word, int index, Set<Part> part, long parameters) {
    if (VERSION.matcher(word).matches()) {
      part.add(Part.VERSION);
    } else if (TYPE.matcher(word).matches()) {
      part.add(Part.TYPE);
      return word.toUpperCase(Locale.ROOT);
    } else if (index > 0 && SIZE.matcher(word).matches()) {
      return size(word.replace('_', '.'), part, parameters);
    } else if (index > 0 && TUNE.matcher(word).matches()) {
      // That an adapter is one need not be said.
      part.add(parameters < 0 && word.equalsIgnoreCase("lora") ? Part.TYPE : Part.TUNE);
    }
    return word;
  }

  private static String size(String word, Set<Part> part, long parameters) {
    String size = word;
    int length = size.length();
    // bloom-7b1
    if (Character.isDigit(size.charAt(length - 1))) {
      size =
          size.substring(0, length - 2) + "." + size.charAt(length - 1) + size.charAt(length - 2);
      length = size.length();
    }
    char unit = size.charAt(length - 1);
    if (length > 1 && Character.isDigit(size.charAt(length - 2))) {
      if ("kmbt".indexOf(unit) >= 0) {
        unit = Character.toUpperCase(unit);
        size = size.substring(0, length - 1) + unit;
      }
      if (parameters != 0 && isContext(size, unit, parameters)) {
        part.add(Part.TUNE);
        size = size.substring(0, length - 1) + Character.toLowerCase(unit);
      }
    }
    if (part.isEmpty()) {
      part.add(Part.SIZE);
    }
    return size;
  }

  /** A size that is nowhere near the model's is the length of its context. */
  private static boolean isContext(String size, char unit, long parameters) {
    try {
      double number = Double.parseDouble(size.substring(0, size.length() - 1));
      double said = number * Math.pow(1000, " KMBT".indexOf(unit));
      return parameters < 0
          ? said < Math.floorDiv(-parameters, 8)
          : Math.abs(said - parameters) > Math.floorDiv(7 * parameters, 8);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static void dropWordSizes(List<String> words, List<EnumSet<Part>> parts) {
    boolean numbers = false;
    for (int i = 0; i < words.size(); i++) {
      numbers |=
          parts.get(i).contains(Part.SIZE) && words.get(i).chars().anyMatch(Character::isDigit);
    }
    for (int i = 0; numbers && i < words.size(); i++) {
      if (words.get(i).chars().allMatch(Character::isLetter)) {
        parts.get(i).remove(Part.SIZE);
      }
    }
  }

  private static void findBase(List<String> words, List<EnumSet<Part>> parts) {
    boolean start = true;
    for (int i = 0; i < words.size(); i++) {
      EnumSet<Part> part = parts.get(i);
      boolean word = part.isEmpty() && Character.isLetter(words.get(i).charAt(0));
      if (start && (word || part.contains(Part.VERSION))) {
        part.add(Part.BASE);
        continue;
      }
      start = false;
      if (part.isEmpty()) {
        part.add(Part.TUNE);
      }
    }
    // A version at the end of the base name is the model's.
    for (int i = words.size() - 1; i >= 0; i--) {
      if (!parts.get(i).contains(Part.BASE) || parts.get(i).size() == 1) {
        break;
      }
      parts.get(i).remove(Part.BASE);
    }
  }

  private static Optional<String> join(
      List<String> words, List<EnumSet<Part>> parts, Predicate<EnumSet<Part>> which) {
    List<String> chosen = new ArrayList<>();
    boolean sizes = true;
    for (int i = 0; i < words.size(); i++) {
      if (which.test(parts.get(i))) {
        chosen.add(words.get(i));
        sizes &= parts.get(i).contains(Part.SIZE);
      }
    }
    // A size that stands twice counts once.
    String joined = String.join("-", sizes ? new LinkedHashSet<>(chosen) : chosen);
    return joined.isEmpty() ? Optional.empty() : Optional.of(joined);
  }

  /** The name with capitals, as titles have them. */
  static String title(String id) {
    StringBuilder title = new StringBuilder();
    for (String word : id.strip().replace('-', ' ').split("\\s+", -1)) {
      boolean lower =
          word.chars().anyMatch(Character::isLowerCase)
              && word.chars().noneMatch(Character::isUpperCase);
      title.append(title.isEmpty() ? "" : " ");
      title.append(lower && !NUMBERED.matcher(word).matches() ? capitals(word) : word);
    }
    return title.toString();
  }

  /** The first of each run of letters in upper case. */
  private static String capitals(String word) {
    StringBuilder out = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      out.append(inside ? c : Character.toUpperCase(c));
      inside = Character.isLetter(c);
    }
    return out.toString();
  }
}
