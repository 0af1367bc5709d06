package dev.gatun.onnxruntimebackend;

import dev.gatun.ffi.Platform;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.ProbeContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A library of execution providers that the user named.
 *
 * @param name what it is registered as
 * @param library its file; what it needs lies beside it
 */
record PlugIn(String name, Path library) {
  /** Setting: {@code NAME=PATH}, several separated by commas. */
  static final String PROVIDERS = "gatun.onnxruntime.providers";

  /** Setting per provider, by its short name in lower case: {@code KEY=VALUE}, with commas. */
  static String optionsSetting(String provider) {
    return "gatun.onnxruntime." + shortName(provider).toLowerCase(Locale.ROOT) + ".options";
  }

  /** {@code QNN} for {@code QNNExecutionProvider}. */
  static String shortName(String provider) {
    String suffix = "ExecutionProvider";
    return provider.endsWith(suffix)
        ? provider.substring(0, provider.length() - suffix.length())
        : provider;
  }

  /**
   * The libraries that the setting names.
   *
   * @throws BackendException when it is not written as it should be, or a file is missing
   */
  static List<PlugIn> of(ProbeContext context) {
    List<PlugIn> plugIns = new ArrayList<>();
    pairs(PROVIDERS, context.property(PROVIDERS).orElse(""))
        .forEach((name, path) -> plugIns.add(new PlugIn(name, Path.of(path).toAbsolutePath())));
    for (PlugIn plugIn : plugIns) {
      if (!Files.isRegularFile(plugIn.library())) {
        throw new BackendException(
            "%s names %s for %s, and there is no such file"
                .formatted(PROVIDERS, plugIn.library(), plugIn.name()));
      }
    }
    return plugIns;
  }

  /**
   * A provider's own settings: the user's, and what it cannot do without.
   *
   * @param metadata what the provider says of itself
   */
  static Map<String, String> options(
      ProbeContext context, String provider, Map<String, String> metadata) {
    String setting = optionsSetting(provider);
    Map<String, String> options =
        new LinkedHashMap<>(pairs(setting, context.property(setting).orElse("")));
    String library = metadata.get("library_path");
    if (shortName(provider).equals("QNN") && library != null) {
      String name = Platform.os().equals("windows") ? "QnnHtp.dll" : "libQnnHtp.so";
      Path htp = Path.of(library).resolveSibling(name);
      if (Files.isRegularFile(htp)) {
        // It finds its own part for a device of kind NPU alone; the simulator's is a CPU.
        options.putIfAbsent("backend_path", htp.toString());
      }
    }
    return options;
  }

  private static Map<String, String> pairs(String setting, String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : text.split(",", -1)) {
      if (pair.isBlank()) {
        continue;
      }
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new BackendException(
            "%s is '%s': it takes NAME=VALUE, several separated by commas"
                .formatted(setting, text));
      }
      pairs.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    return pairs;
  }

  /** Identity of the file. */
  String stamp() {
    try {
      return "%s %s %d %s"
          .formatted(name, library, Files.size(library), Files.getLastModifiedTime(library));
    } catch (IOException e) {
      return name + " " + library;
    }
  }
}
