package dev.gatun.runtime.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proxies from the environment, and a download through one. */
class EnvironmentProxiesTest {
  @TempDir Path folder;

  private static String select(Map<String, String> environment, String address) {
    EnvironmentProxies proxies =
        new EnvironmentProxies(name -> Optional.ofNullable(environment.get(name)));
    Proxy proxy = proxies.select(URI.create(address)).getFirst();
    return proxy.type() == Proxy.Type.DIRECT
        ? "direct"
        : ((InetSocketAddress) proxy.address()).getHostString()
            + ":"
            + ((InetSocketAddress) proxy.address()).getPort();
  }

  @Test
  void variablesAreReadAsOtherToolsDo() {
    Map<String, String> both =
        Map.of("https_proxy", "http://p:3128", "HTTP_PROXY", "q", "NO_PROXY", "a.org,.b.org, c:81");
    assertEquals("p:3128", select(both, "https://x.org/f"));
    assertEquals("q:80", select(both, "http://x.org/f"));
    assertEquals("direct", select(both, "https://a.org/f"));
    assertEquals("direct", select(both, "https://sub.a.org/f"));
    assertEquals("p:3128", select(both, "https://xa.org/f"));
    assertEquals("direct", select(both, "https://sub.b.org/f"));
    assertEquals("q:80", select(both, "http://c/f"));
    assertEquals("direct", select(both, "http://c:81/f"));
    assertEquals("all:1080", select(Map.of("ALL_PROXY", "all:1080"), "https://x.org"));
    assertEquals(
        "direct", select(Map.of("ALL_PROXY", "all:1080", "no_proxy", "*"), "https://x.org"));
    assertEquals("direct", select(Map.of(), "https://x.org"));
    assertEquals("direct", select(Map.of("https_proxy", "::bad::"), "https://x.org"));
  }

  @Test
  void aDownloadGoesThroughTheProxy() throws Exception {
    byte[] content = "through the proxy".getBytes(StandardCharsets.US_ASCII);
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    HttpServer proxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext(
        "/",
        exchange -> {
          seen.add(exchange.getRequestURI().toString());
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content);
          exchange.close();
        });
    proxy.start();
    try {
      String address = "127.0.0.1:" + proxy.getAddress().getPort();
      EnvironmentProxies proxies =
          new EnvironmentProxies(
              name -> name.equals("http_proxy") ? Optional.of(address) : Optional.empty());
      Path target = folder.resolve("file");
      try (HttpFetcher fetcher = new HttpFetcher(RetryPolicy.DEFAULT, proxies);
          PartialFile partial = PartialFile.open(target, Disk.real())) {
        fetcher.fetch(
            URI.create("http://models.invalid/m.gguf"),
            partial,
            OptionalLong.empty(),
            false,
            silent());
      }
      assertEquals("through the proxy", Files.readString(target));
      assertTrue(seen.getFirst().contains("models.invalid/m.gguf"), seen.toString());
    } finally {
      proxy.stop(0);
    }
  }

  @Test
  void whatHasArrivedIsDigestedAgain() throws IOException {
    Path target = folder.resolve("partial");
    byte[] text = "some bytes and more".getBytes(StandardCharsets.US_ASCII);
    try (PartialFile partial = PartialFile.open(target, Disk.real())) {
      partial.append(text, 10, -1);
      partial.setValidator("\"tag\"");
    }
    try (PartialFile partial = PartialFile.open(target, Disk.real())) {
      assertEquals(10, partial.size());
      assertEquals(Optional.of("\"tag\""), partial.validator());
      partial.append(java.util.Arrays.copyOfRange(text, 10, text.length), text.length - 10, -1);
      assertEquals(dev.gatun.runtime.store.Digests.of(target), partial.finish());
    }
    assertEquals("some bytes and more", Files.readString(target));
  }

  private static FetchListener silent() {
    return new FetchListener() {
      @Override
      public void message(String text) {}

      @Override
      public void progress(long done, long total) {}
    };
  }
}
