package dev.gatun.formats.gguf;

import dev.gatun.formats.ModelFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Models split into several files, as {@code gguf-split} of llama.cpp writes them: the keys {@code
 * split.no} (from 0), {@code split.count} and {@code split.tensors.count} in each part, all other
 * metadata in the first.
 */
final class GgufSplit {
  static final String NUMBER = "split.no";
  static final String COUNT = "split.count";
  static final String TENSORS = "split.tensors.count";

  private GgufSplit() {}

  /** The end of the name of part {@code number}, counted from 0. */
  static String suffix(int number, int count) {
    return String.format(Locale.ROOT, "-%05d-of-%05d.gguf", number + 1, count);
  }

  /** How many files the model of this part has; 1 when it is not split. */
  static int count(GgufPart part) {
    return part.metadata().stored(COUNT) == null ? 1 : number(part, COUNT);
  }

  /** The paths of all parts, derived from the name of one. */
  static List<Path> siblings(GgufPart part) {
    int count = number(part, COUNT);
    int number = number(part, NUMBER);
    String name = part.path().getFileName().toString();
    String suffix = suffix(number, count);
    if (!name.endsWith(suffix)) {
      throw wrong(
          part,
          "is part "
              + (number + 1)
              + " of "
              + count
              + " of a split model, but its name does not end with "
              + suffix
              + ", so the other parts cannot be found; give the parts their names back");
    }
    String base = name.substring(0, name.length() - suffix.length());
    List<Path> paths = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < count && missing.size() < 3; i++) {
      Path path = part.path().resolveSibling(base + suffix(i, count));
      if (!Files.exists(path)) {
        missing.add(path.getFileName().toString());
      }
      paths.add(path);
    }
    if (!missing.isEmpty()) {
      throw wrong(
          part,
          "is part "
              + (number + 1)
              + " of "
              + count
              + " of a split model, and beside it is no "
              + String.join(", no ", missing)
              + "; download all parts into one folder");
    }
    return paths;
  }

  /** Checks that the files are the parts of one model, in order, and complete. */
  static void check(List<GgufPart> parts) {
    long tensors = 0;
    for (int i = 0; i < parts.size(); i++) {
      GgufPart part = parts.get(i);
      int count = count(part);
      int number = count == 1 && parts.size() == 1 ? 0 : number(part, NUMBER);
      if (count != parts.size() || number != i) {
        throw wrong(
            part,
            "is part "
                + (number + 1)
                + " of "
                + count
                + " by its metadata, but was found as part "
                + (i + 1)
                + " of "
                + parts.size()
                + "; the parts do not belong together, download them again");
      }
      tensors += part.tensors().size();
    }
    GgufPart first = parts.get(0);
    if (parts.size() > 1 && first.metadata().stored(TENSORS) != null) {
      int expected = number(first, TENSORS);
      if (expected != tensors) {
        throw wrong(
            first,
            "says that all parts together have "
                + expected
                + " tensors, but they have "
                + tensors
                + "; the parts do not belong together, download them again");
      }
    }
  }

  /** Divides tensors, in order, into parts of at most {@code maxBytes} or one tensor. */
  static List<List<GgufWriter.Entry>> divide(
      Collection<GgufWriter.Entry> tensors, long maxBytes, int alignment) {
    List<List<GgufWriter.Entry>> parts = new ArrayList<>();
    List<GgufWriter.Entry> part = new ArrayList<>();
    long bytes = 0;
    for (GgufWriter.Entry tensor : tensors) {
      long size = HeaderParser.roundUp(tensor.size(), alignment);
      if (!part.isEmpty() && size > maxBytes - bytes) {
        parts.add(part);
        part = new ArrayList<>();
        bytes = 0;
      }
      part.add(tensor);
      bytes += size;
    }
    parts.add(part);
    return parts;
  }

  private static int number(GgufPart part, String key) {
    if (part.metadata().stored(key) instanceof GgufValue.Single single
        && single.type().isInteger()) {
      double value = GgufNumbers.floating(single.type(), part.metadata().header(), single.at());
      if (value >= 0 && value < 100_000) {
        return (int) value;
      }
    }
    throw wrong(
        part, "has no usable number " + key + ", so its parts cannot be found; split it again");
  }

  private static ModelFormatException wrong(GgufPart part, String what) {
    return new ModelFormatException(part.path().toString(), -1, what);
  }
}
