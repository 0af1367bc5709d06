package dev.gatun.runtime.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A model hub on this machine, which misbehaves as a test wants. Requests take what is planned for
 * them in turn, then behave well.
 */
final class ModelServer implements AutoCloseable {
  /** One request, as it arrived. */
  record Request(String uri, String range, String ifRange) {}

  /** What a request does instead of sending the file. */
  sealed interface Plan {
    /** Sends so many bytes of the body, then drops the connection. */
    record Cut(int bytes) implements Plan {}

    /** Sends so many bytes, then nothing for a while. */
    record Stall(int bytes, long millis) implements Plan {}

    record Status(int code, Map<String, String> headers) implements Plan {}

    /** Sends the whole file although a part was asked for. */
    record IgnoreRange() implements Plan {}

    /** Sends a part that begins elsewhere. */
    record WrongPart() implements Plan {}

    /** Sends the file without saying how long it is. */
    record Chunked() implements Plan {}
  }

  final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  final Deque<Plan> plans = new ArrayDeque<>();
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, String> redirects = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  volatile String linkedDigest;
  volatile boolean validators = true;
  volatile long millisPerBlock;

  ModelServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.setExecutor(threads);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void put(String path, byte[] content) {
    files.put(path, content);
  }

  void redirect(String path, String target) {
    redirects.put(path, target);
  }

  private void serve(HttpExchange exchange) throws IOException {
    String uri = exchange.getRequestURI().toString();
    String range = exchange.getRequestHeaders().getFirst("Range");
    String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
    requests.add(new Request(uri, range, ifRange));
    String path = exchange.getRequestURI().getPath();
    Plan plan;
    synchronized (plans) {
      plan = plans.poll();
    }
    try (exchange) {
      if (redirects.containsKey(path)) {
        exchange.getResponseHeaders().set("Location", redirects.get(path));
        if (linkedDigest != null) {
          exchange.getResponseHeaders().set("X-Linked-Etag", '"' + linkedDigest + '"');
        }
        exchange.sendResponseHeaders(302, -1);
      } else if (plan instanceof Plan.Status(int code, Map<String, String> headers)) {
        headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(code, -1);
      } else if (!files.containsKey(path)) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        send(exchange, files.get(path), range, ifRange, plan);
      }
    } catch (IOException e) {
      // The client hung up, or a planned cut closed the exchange early.
      requests.add(new Request("closed: " + e.getMessage(), null, null));
    }
  }

  private void send(HttpExchange exchange, byte[] file, String range, String ifRange, Plan plan)
      throws IOException {
    String tag = '"' + Integer.toHexString(Arrays.hashCode(file)) + '"';
    if (validators) {
      exchange.getResponseHeaders().set("ETag", tag);
    }
    int from = 0;
    boolean sameFile = ifRange == null || ifRange.equals(tag);
    if (range != null && sameFile && !(plan instanceof Plan.IgnoreRange)) {
      from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
      if (from >= file.length) {
        exchange.getResponseHeaders().set("Content-Range", "bytes */" + file.length);
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      int named = plan instanceof Plan.WrongPart ? from + 1 : from;
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(named, file.length - 1, file.length));
    }
    int end = file.length;
    long length = plan instanceof Plan.Chunked ? 0 : end - from;
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, length);
    int stop =
        switch (plan) {
          case Plan.Cut(int bytes) -> from + bytes;
          case Plan.Stall(int bytes, long _) -> from + bytes;
          case null, default -> end;
        };
    OutputStream body = exchange.getResponseBody();
    for (int at = from; at < stop; at += 4096) {
      body.write(file, at, Math.min(4096, stop - at));
      body.flush();
      pause(millisPerBlock);
    }
    if (plan instanceof Plan.Stall(int _, long millis)) {
      pause(millis);
    }
    // Closing the body of a cut answer would leave the connection open.
    if (!(plan instanceof Plan.Cut)) {
      body.close();
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
