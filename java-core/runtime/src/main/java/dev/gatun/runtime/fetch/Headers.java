package dev.gatun.runtime.fetch;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a download reads from a response's headers; what is malformed counts as absent. */
final class Headers {
  private static final Pattern RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
  private static final Pattern UNSATISFIED = Pattern.compile("bytes \\*/(\\d{1,18})");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final Duration LONGEST_PATIENCE = Duration.ofMinutes(2);

  private Headers() {}

  /** First byte of a part; -1 when the header does not say. */
  static long rangeStart(HttpResponse<?> response) {
    Matcher range = RANGE.matcher(header(response, "Content-Range"));
    return range.matches() ? Long.parseLong(range.group(1)) : -1;
  }

  /** Size of the whole file, from an answer that a range cannot be satisfied. */
  static OptionalLong rangeTotal(HttpResponse<?> response) {
    Matcher range = UNSATISFIED.matcher(header(response, "Content-Range"));
    return range.matches() ? OptionalLong.of(Long.parseLong(range.group(1))) : OptionalLong.empty();
  }

  /** Bytes of the body. */
  static OptionalLong length(HttpResponse<?> response) {
    return number(header(response, "Content-Length"));
  }

  /**
   * What identifies the file for If-Range: a strong entity tag, else the time of its last change.
   */
  static Optional<String> validator(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("ETag")
        .filter(tag -> tag.startsWith("\""))
        .or(() -> response.headers().firstValue("Last-Modified"));
  }

  /** How long the server asks to wait, at most two minutes. */
  static Duration retryAfter(HttpResponse<?> response) {
    OptionalLong seconds = number(header(response, "Retry-After"));
    long capped = Math.min(seconds.orElse(0), LONGEST_PATIENCE.toSeconds());
    return Duration.ofSeconds(capped);
  }

  /** The model hub's digest of the file that a redirect leads to. */
  static Optional<String> linkedDigest(HttpResponse<?> response) {
    return response.headers().firstValue("X-Linked-Etag").map(tag -> tag.replace("\"", ""));
  }

  private static OptionalLong number(String text) {
    return NUMBER.matcher(text).matches()
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("").strip();
  }
}
