package dev.gatun.runtime.fetch;

import dev.gatun.runtime.fetch.HttpFetcher.PermanentFailure;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/**
 * Sends a GET and follows redirects by itself, because the model hub names the file's digest in the
 * header of its redirect ({@code X-Linked-Etag}), not in the last answer.
 */
final class Redirects {
  private static final int MOST = 10;

  private final HttpClient client;
  private final Duration timeout;

  Redirects(HttpClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  /**
   * The answer that is no redirect.
   *
   * @param last the address that gave it
   * @param sha256 the digest that an answer on the way named
   */
  record Answer(HttpResponse<InputStream> response, URI last, Optional<String> sha256) {}

  /**
   * Asks for a file from a byte on.
   *
   * @param from first byte wanted
   * @param validator of what arrived before; the server then sends the whole file if it changed
   */
  Answer get(URI address, long from, Optional<String> validator)
      throws IOException, InterruptedException {
    URI at = address;
    Optional<String> sha256 = Optional.empty();
    for (int hop = 0; hop <= MOST; hop++) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(at)
              .timeout(timeout)
              .header("User-Agent", "gatun")
              .header("Accept-Encoding", "identity");
      if (from > 0) {
        request.header("Range", "bytes=" + from + "-");
        validator.ifPresent(known -> request.header("If-Range", known));
      }
      HttpResponse<InputStream> response =
          client.send(request.build(), BodyHandlers.ofInputStream());
      if (sha256.isEmpty()) {
        sha256 = Headers.linkedDigest(response).filter(Digests::isSha256);
      }
      if (!isRedirect(response.statusCode())) {
        return new Answer(response, at, sha256);
      }
      response.body().close();
      at = next(at, response);
    }
    throw new PermanentFailure(
        "more than " + MOST + " redirects from " + new Origin.Http(address).describe());
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private static URI next(URI at, HttpResponse<?> response) throws PermanentFailure {
    String location =
        response
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> new PermanentFailure("a redirect without a target"));
    URI target;
    try {
      target = at.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new PermanentFailure("a redirect to something that is no address");
    }
    boolean http = "http".equalsIgnoreCase(target.getScheme());
    boolean https = "https".equalsIgnoreCase(target.getScheme());
    if (target.getHost() == null || !(http || https)) {
      throw new PermanentFailure("a redirect to something that is no address");
    }
    if (http && "https".equalsIgnoreCase(at.getScheme())) {
      throw new PermanentFailure("a redirect from https to http");
    }
    return target;
  }
}
