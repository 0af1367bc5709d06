package dev.gatun.runtime.fetch;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Proxies as command-line tools know them: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code
 * ALL_PROXY} and {@code NO_PROXY}, in capitals or not. Where none is set, Java's own selector
 * decides (system properties). User names and passwords in these variables are not supported.
 */
public final class EnvironmentProxies extends ProxySelector {
  private final Function<String, Optional<String>> environment;
  private final Optional<ProxySelector> otherwise;

  public EnvironmentProxies(Function<String, Optional<String>> environment) {
    this.environment = environment;
    otherwise = Optional.ofNullable(ProxySelector.getDefault());
  }

  @Override
  public List<Proxy> select(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    Optional<String> proxy =
        variable(scheme + "_proxy")
            .or(() -> scheme.startsWith("http") ? variable("all_proxy") : Optional.empty());
    if (proxy.isEmpty()) {
      return otherwise.map(selector -> selector.select(uri)).orElse(List.of(Proxy.NO_PROXY));
    }
    if (isExcluded(uri)) {
      return List.of(Proxy.NO_PROXY);
    }
    return List.of(
        address(proxy.get()).map(a -> new Proxy(Proxy.Type.HTTP, a)).orElse(Proxy.NO_PROXY));
  }

  private Optional<String> variable(String name) {
    return environment.apply(name).or(() -> environment.apply(name.toUpperCase(Locale.ROOT)));
  }

  private boolean isExcluded(URI uri) {
    String host = Optional.ofNullable(uri.getHost()).orElse("").toLowerCase(Locale.ROOT);
    for (String entry : variable("no_proxy").orElse("").toLowerCase(Locale.ROOT).split(",", -1)) {
      String pattern = entry.strip();
      int port = pattern.lastIndexOf(':');
      if (port > 0 && pattern.substring(port + 1).equals(Integer.toString(uri.getPort()))) {
        pattern = pattern.substring(0, port);
      }
      if (pattern.startsWith("*")) {
        pattern = pattern.substring(1);
        if (pattern.isEmpty()) {
          return true;
        }
      }
      String bare = pattern.startsWith(".") ? pattern.substring(1) : pattern;
      if (!bare.isEmpty() && (host.equals(bare) || host.endsWith("." + bare))) {
        return true;
      }
    }
    return false;
  }

  private static Optional<InetSocketAddress> address(String proxy) {
    try {
      URI uri = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
      if (uri.getHost() == null) {
        return Optional.empty();
      }
      int port = uri.getPort() > 0 ? uri.getPort() : 80;
      return Optional.of(InetSocketAddress.createUnresolved(uri.getHost(), port));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    System.getLogger(EnvironmentProxies.class.getName())
        .log(System.Logger.Level.DEBUG, "proxy " + address + " failed", failure);
  }
}
