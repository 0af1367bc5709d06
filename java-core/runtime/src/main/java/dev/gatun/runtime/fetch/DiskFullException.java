package dev.gatun.runtime.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** There is no room for a file. Trying another origin would not help. */
public final class DiskFullException extends FetchException {
  private static final long serialVersionUID = 1L;
  private static final List<String> TEXTS =
      List.of("no space left", "not enough space", "disk quota exceeded", "disk full");

  DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * @param needed bytes that are still to be written; negative when unknown
   */
  static DiskFullException of(Path folder, long needed, long usable, Throwable cause) {
    String how =
        needed < 0
            ? "only %s are free".formatted(Sizes.text(usable))
            : "%s are needed, %s are free".formatted(Sizes.text(needed), Sizes.text(usable));
    return new DiskFullException(
        "no room in %s: %s; free some space and try again, what has arrived is kept"
            .formatted(folder, how),
        cause);
  }

  /** Whether an error of the file system means that there is no room: Java has no code for it. */
  public static boolean means(IOException error) {
    String text = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    return TEXTS.stream().anyMatch(text::contains);
  }
}
