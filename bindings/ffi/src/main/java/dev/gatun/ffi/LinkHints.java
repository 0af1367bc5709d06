package dev.gatun.ffi;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the system's loader means. */
final class LinkHints {
  /** glibc and musl name the library that is missing before they say that they cannot open it. */
  private static final Pattern MISSING =
      Pattern.compile(
          "([^\\s:]+): cannot open shared object file|Error loading shared library ([^\\s:]+):"
              + "|Library not loaded: (\\S+)");

  private LinkHints() {}

  /** The loader's message, with what to do about it where that is known. */
  static String explain(String message) {
    String said = String.valueOf(message);
    Matcher missing = MISSING.matcher(said);
    if (missing.find()) {
      String name = missing.group(1);
      name = name != null ? name : missing.group(2) != null ? missing.group(2) : missing.group(3);
      return said
          + " (it needs "
          + name
          + ", which is neither beside it nor in the system's folders: keep all libraries of a"
          + " runtime together in one folder)";
    }
    if (said.contains("failed to map segment") || said.contains("Operation not permitted")) {
      return said
          + " (its file system may be mounted noexec: set gatun.home to a folder on another one, or "
          + LibrarySearch.NATIVE_FOLDER
          + " to a folder that has the libraries as files)";
    }
    if (said.contains("dependent libraries")) {
      return said
          + " (a library that it needs is missing: keep all libraries of a runtime together)";
    }
    return said;
  }
}
