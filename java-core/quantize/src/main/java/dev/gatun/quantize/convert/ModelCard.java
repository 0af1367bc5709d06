package dev.gatun.quantize.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the front matter of a folder's README.md says: members that are a text or a list of texts.
 * Other YAML is passed over.
 */
record ModelCard(Map<String, List<String>> members) {
  static ModelCard of(ModelFolder folder) {
    Map<String, List<String>> members = new LinkedHashMap<>();
    List<String> lines = folder.text("README.md").orElse("").lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals("---")) {
      return new ModelCard(members);
    }
    List<String> list = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      if (line.equals("---")) {
        break;
      }
      int colon = line.indexOf(':');
      if (line.stripLeading().startsWith("- ")) {
        list.add(unquoted(line.stripLeading().substring(2)));
      } else if (colon > 0 && !Character.isWhitespace(line.charAt(0)) && line.charAt(0) != '#') {
        list = new ArrayList<>();
        String value = line.substring(colon + 1).strip();
        if (value.startsWith("[") && value.endsWith("]")) {
          for (String item : value.substring(1, value.length() - 1).split(",", -1)) {
            list.add(unquoted(item));
          }
        } else if (!value.isEmpty() && !value.equals("|") && !value.equals(">")) {
          list.add(unquoted(value));
        }
        members.put(line.substring(0, colon).strip(), list);
      } else {
        // Something nested: what belongs to it is passed over.
        list = new ArrayList<>();
      }
    }
    return new ModelCard(members);
  }

  private static String unquoted(String text) {
    String value = text.strip();
    boolean quoted =
        value.length() >= 2
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(value.length() - 1) == value.charAt(0);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  /** A member as one text. */
  Optional<String> text(String key) {
    List<String> values = members.getOrDefault(key, List.of());
    return values.isEmpty() ? Optional.empty() : Optional.of(String.join(",", values));
  }

  /** The texts of several members, one after the other. */
  List<String> all(String... keys) {
    List<String> values = new ArrayList<>();
    for (String key : keys) {
      values.addAll(members.getOrDefault(key, List.of()));
    }
    return values;
  }
}
