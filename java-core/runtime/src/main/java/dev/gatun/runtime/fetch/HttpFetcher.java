package dev.gatun.runtime.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Downloads by HTTP: continues what has arrived (RFC 9110, Range and If-Range), tries again after
 * failures that may pass, follows redirects, never from https to http. Not thread-safe.
 */
public final class HttpFetcher implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final RetryPolicy policy;
  private final HttpClient client;

  public HttpFetcher(RetryPolicy policy, ProxySelector proxies) {
    this.policy = policy;
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(30))
            .proxy(proxies)
            .build();
  }

  /**
   * What is known of a file once it has arrived.
   *
   * @param sha256 the digest that the server vouched for
   */
  public record Fetched(Optional<String> sha256) {}

  /**
   * Brings a file, or the rest of it, into {@code target}.
   *
   * @param size the file's size, when known: another one is refused
   * @param verified whether the caller knows the digest: then what has arrived is continued even
   *     when the server has nothing that tells one version of the file from another
   * @throws FetchException when the origin cannot give it; what has arrived is kept
   * @throws DiskFullException when there is no room
   */
  public Fetched fetch(
      URI address, PartialFile target, OptionalLong size, boolean verified, FetchListener listener)
      throws IOException, InterruptedException {
    int failures = 0;
    for (int tries = 1; ; tries++) {
      long before = target.size();
      try {
        return attempt(address, target, size, verified, listener);
      } catch (PermanentFailure | DiskFullException e) {
        throw e;
      } catch (IOException e) {
        failures = target.size() > before ? 1 : failures + 1;
        if (failures >= policy.attempts() || tries >= policy.restarts()) {
          throw new UnreachableException(
              "gave up after %d tries: %s from %s%s"
                  .formatted(
                      tries,
                      reason(e),
                      new Origin.Http(address).describe(),
                      target.size() == 0
                          ? ""
                          : "; run the same command again to continue at "
                              + Sizes.text(target.size())),
              e);
        }
        Duration delay = policy.delay(failures);
        if (e instanceof LaterPlease later && later.delay.compareTo(delay) > 0) {
          delay = later.delay;
        }
        listener.message("%s; trying again in %d ms".formatted(reason(e), delay.toMillis()));
        Thread.sleep(delay);
      }
    }
  }

  private Fetched attempt(
      URI address, PartialFile target, OptionalLong size, boolean verified, FetchListener listener)
      throws IOException, InterruptedException {
    Optional<String> validator = target.validator();
    if (target.size() > 0 && validator.isEmpty() && !verified) {
      listener.message("what arrived before cannot be continued safely; starting afresh");
      target.restart();
    }
    if (size.isPresent() && target.size() > size.getAsLong()) {
      target.restart();
    }
    Redirects.Answer answer =
        new Redirects(client, policy.stall()).get(address, target.size(), validator);
    HttpResponse<InputStream> response = answer.response();
    try (StallGuard body = new StallGuard(response.body(), policy.stall())) {
      switch (response.statusCode()) {
        case 200 -> {
          if (target.size() > 0) {
            listener.message("the server sends the file from its start");
            target.restart();
          }
        }
        case 206 -> {
          if (Headers.rangeStart(response) != target.size()) {
            target.restart();
            throw new FetchException("the server sent another part than was asked for");
          }
        }
        case 416 -> {
          OptionalLong whole = Headers.rangeTotal(response);
          if (whole.isPresent() && whole.getAsLong() == target.size() && target.size() > 0) {
            return new Fetched(answer.sha256());
          }
          target.restart();
          throw new FetchException("what arrived before does not fit the server's file");
        }
        default -> throw refusal(response, answer.last());
      }
      receive(response, target, size, body, listener);
      return new Fetched(answer.sha256());
    }
  }

  private void receive(
      HttpResponse<InputStream> response,
      PartialFile target,
      OptionalLong size,
      StallGuard body,
      FetchListener listener)
      throws IOException {
    OptionalLong length = Headers.length(response);
    long total = length.isPresent() ? target.size() + length.getAsLong() : size.orElse(-1);
    if (size.isPresent() && length.isPresent() && total != size.getAsLong()) {
      throw new PermanentFailure(
          "the server's file has %d bytes, the wanted one has %d"
              .formatted(total, size.getAsLong()));
    }
    if (target.size() == 0) {
      Optional<String> validator = Headers.validator(response);
      if (validator.isPresent()) {
        target.setValidator(validator.get());
      }
    }
    if (total >= 0) {
      target.requireRoom(total - target.size());
    }
    byte[] buffer = new byte[BUFFER];
    listener.progress(target.size(), total);
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      if (total >= 0 && target.size() + count > total) {
        target.restart();
        throw new PermanentFailure("the server sent more than the file's " + total + " bytes");
      }
      target.append(buffer, count, total < 0 ? -1 : total - target.size());
      listener.progress(target.size(), total);
    }
    if (total >= 0 && target.size() < total) {
      throw new FetchException(
          "the connection ended after %d of %d bytes".formatted(target.size(), total));
    }
  }

  private static IOException refusal(HttpResponse<InputStream> response, URI address) {
    int status = response.statusCode();
    String where = new Origin.Http(address).describe();
    return switch (status) {
      case 401, 403 ->
          new PermanentFailure(
              "%s answers %d: the file needs an account or a licence to be accepted there; download it with a browser and add the file"
                  .formatted(where, status));
      case 404, 410 ->
          new PermanentFailure("%s answers %d: there is no such file".formatted(where, status));
      case 408, 425, 429, 500, 502, 503, 504 ->
          new LaterPlease("%s answers %d".formatted(where, status), Headers.retryAfter(response));
      default -> new PermanentFailure("%s answers %d".formatted(where, status));
    };
  }

  private static String reason(IOException error) {
    String text = error.getMessage();
    if (error instanceof FetchException) {
      return text;
    }
    String kind =
        switch (error) {
          case java.net.ConnectException _
              when error.getCause() instanceof java.nio.channels.UnresolvedAddressException ->
              "unknown host";
          case java.net.ConnectException _ -> "cannot connect";
          case java.net.UnknownHostException _ -> "unknown host";
          case java.net.http.HttpTimeoutException _ -> "no answer in time";
          case javax.net.ssl.SSLException _ -> "secure connection failed";
          default -> "connection failed";
        };
    return text == null || text.isBlank() ? kind : kind + " (" + text + ")";
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }

  /** Trying again would bring the same. */
  static final class PermanentFailure extends FetchException {
    private static final long serialVersionUID = 1L;

    PermanentFailure(String message) {
      super(message);
    }
  }

  /** The server asks for patience. */
  private static final class LaterPlease extends FetchException {
    private static final long serialVersionUID = 1L;
    private final Duration delay;

    LaterPlease(String message, Duration delay) {
      super(message);
      this.delay = delay;
    }
  }
}
