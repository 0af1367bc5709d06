package dev.gatun.testkit.machine;

import dev.gatun.runtime.detect.SmallFiles;
import dev.gatun.runtime.detect.SystemFacts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A machine as a text of its facts: sections that begin with a line {@code == NAME}, where a name
 * is a file's path, {@code $ COMMAND} for what a command prints, {@code env NAME}, {@code system},
 * {@code memory}, or {@code vendor DEVICE} for what the vendor's library says of a device. A path
 * with {@code (device)} behind it is a device node, with {@code (readable)} one that the user may
 * read alone, with {@code (denied)} one that the user may not open. Immutable: tests change a copy.
 * See README.md beside the texts.
 */
public final class RecordedMachine {
  private static final String DEVICE = " (device)";
  private static final String READABLE = " (readable)";
  private static final String DENIED = " (denied)";

  /** Strings of a device tree end in zeros, which a text cannot show. */
  private static final String ZEROS = " (zeros for commas and blanks)";

  private final SortedMap<String, String> sections;

  private RecordedMachine(SortedMap<String, String> sections) {
    this.sections = sections;
  }

  /** Reads {@code machines/NAME.txt} of the test's resources. */
  public static RecordedMachine read(String name) {
    try (InputStream in = RecordedMachine.class.getResourceAsStream("/machines/" + name + ".txt")) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static RecordedMachine parse(String text) {
    SortedMap<String, String> sections = new TreeMap<>();
    for (String section : text.split("(?m)^== ", -1)) {
      int end = section.indexOf('\n');
      if (end > 0 && !section.startsWith("#")) {
        sections.put(section.substring(0, end).strip(), section.substring(end + 1).strip());
      }
    }
    return new RecordedMachine(sections);
  }

  /** Without every section whose name contains a text, which there must be. */
  public RecordedMachine without(String part) {
    SortedMap<String, String> left = new TreeMap<>(sections);
    if (!left.keySet().removeIf(name -> name.contains(part))) {
      throw new AssertionError("no section with " + part);
    }
    return new RecordedMachine(left);
  }

  /** With another text in a section, or a new section. */
  public RecordedMachine with(String name, String text) {
    SortedMap<String, String> changed = new TreeMap<>(sections);
    changed.put(name, text);
    return new RecordedMachine(changed);
  }

  /** With a text replaced in the section of this name, where it must stand. */
  public RecordedMachine replacing(String name, String old, String text) {
    if (!sections.getOrDefault(name, "").contains(old)) {
      throw new AssertionError("no '" + old + "' in " + name);
    }
    return with(name, sections.get(name).replace(old, text));
  }

  /** With more sections, written as in a file. */
  public RecordedMachine plus(String text) {
    SortedMap<String, String> all = new TreeMap<>(sections);
    all.putAll(parse(text).sections);
    return new RecordedMachine(all);
  }

  /** What the vendor's library says of a device: fields between bars. */
  public Optional<String[]> vendor(String device) {
    return Optional.ofNullable(sections.get("vendor " + device))
        .map(text -> text.split(" \\| ", -1));
  }

  /** What detection may look at. */
  public SystemFacts facts() {
    String[] system = sections.get("system").split(" ", -1);
    return new SystemFacts(
        system[0],
        system[1],
        new Files(sections),
        this::output,
        name -> Optional.ofNullable(sections.get("env " + name)),
        memory());
  }

  private OptionalLong memory() {
    return SmallFiles.parse(sections.getOrDefault("memory", ""));
  }

  private Optional<String> output(List<String> command) {
    return Optional.ofNullable(sections.get("$ " + String.join(" ", command)));
  }

  private record Files(Map<String, String> sections) implements SmallFiles {
    @Override
    public Optional<String> text(String path) {
      return Optional.ofNullable(sections.get(path))
          .or(() ->
              Optional.ofNullable(sections.get(path + ZEROS)).map(t -> t.replace('\n', '\0')));
    }

    @Override
    public List<String> names(String folder) {
      String start = folder.endsWith("/") ? folder : folder + "/";
      return sections.keySet().stream()
          .filter(name -> name.startsWith(start))
          .map(name -> name.substring(start.length()).split("[/ ]", 2)[0])
          .collect(Collectors.toCollection(TreeSet::new))
          .stream()
          .toList();
    }

    @Override
    public Access access(String path) {
      if (sections.containsKey(path + DENIED)) {
        return Access.DENIED;
      }
      if (sections.containsKey(path + READABLE)) {
        return Access.READABLE;
      }
      return sections.containsKey(path) || sections.containsKey(path + DEVICE)
          ? Access.OPEN
          : Access.ABSENT;
    }
  }
}
