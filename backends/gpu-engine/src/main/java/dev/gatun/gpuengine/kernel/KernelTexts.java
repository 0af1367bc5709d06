package dev.gatun.gpuengine.kernel;

import dev.gatun.gpuengine.driver.KernelLanguage;
import dev.gatun.gpuengine.driver.KernelSource;
import dev.gatun.runtime.spi.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts of {@code native/gpu}, which lie in this module's jar, and which kernel is in which
 * family. Immutable.
 */
public final class KernelTexts {
  private static final String LIST = "host/kernels.list";
  private static final String DOUBLES = "double.";
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([a-z0-9_]+\\.h)\"$");

  private final Map<String, String> families = new LinkedHashMap<>();

  /**
   * Reads the list of kernels.
   *
   * @param language Metal has no double precision
   */
  public KernelTexts(KernelLanguage language) {
    for (String line : read(LIST).lines().toList()) {
      int dot = line.indexOf('.');
      boolean lacking = language == KernelLanguage.METAL && line.startsWith(DOUBLES);
      if (dot > 0 && !line.startsWith("#") && !lacking) {
        families.put(line.substring(dot + 1), line.substring(0, dot));
      }
    }
  }

  /** Whether there is a kernel of this name. */
  public boolean has(String kernel) {
    return families.containsKey(kernel);
  }

  /** The family that a kernel is in; empty when there is no such kernel. */
  public Optional<String> family(String kernel) {
    return Optional.ofNullable(families.get(kernel));
  }

  /** All families. */
  public SortedSet<String> families() {
    return new TreeSet<>(families.values());
  }

  /** A family as one text: the language's prelude, then the family with its includes in place. */
  public KernelSource source(String family, KernelLanguage language) {
    String prelude = "include/prelude_" + language.name().toLowerCase(Locale.ROOT) + ".h";
    var text = new StringBuilder(read(prelude));
    append("src/" + family + ".h", new HashSet<>(), text);
    return new KernelSource(family, text.toString());
  }

  /** A file with what it includes, each once. */
  private static void append(String file, Set<String> known, StringBuilder text) {
    if (!known.add(file)) {
      return;
    }
    String content = read(file);
    Matcher include = INCLUDE.matcher(content);
    int from = 0;
    while (include.find()) {
      text.append(content, from, include.start());
      append("src/" + include.group(1), known, text);
      from = include.end();
    }
    text.append(content, from, content.length()).append('\n');
  }

  private static String read(String file) {
    try (InputStream in = KernelTexts.class.getResourceAsStream("text/" + file)) {
      if (in == null) {
        throw new BackendException(
            "the text '%s' of the GPU kernels is missing in gatun-gpu-engine".formatted(file));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
