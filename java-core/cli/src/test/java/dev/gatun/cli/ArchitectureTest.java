package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the design about who may depend on what, checked on the sources. */
class ArchitectureTest {
  /** What each module may require of Gatun's other modules. */
  private static final Map<String, Set<String>> MAY_REQUIRE =
      Map.ofEntries(
          Map.entry("bindings/ffi", Set.of("tensor")),
          Map.entry("bindings/os", Set.of("ffi")),
          Map.entry("bindings/cpu", Set.of("ffi")),
          Map.entry("bindings/openvino", Set.of("ffi")),
          Map.entry("bindings/cuda", Set.of("ffi")),
          Map.entry("bindings/metal", Set.of("ffi")),
          Map.entry("bindings/qnn", Set.of("ffi")),
          Map.entry("bindings/onnxruntime", Set.of("ffi")),
          Map.entry("java-core/bom", Set.of()),
          Map.entry("java-core/tensor", Set.of()),
          Map.entry("java-core/graph", Set.of("tensor")),
          Map.entry("java-core/formats", Set.of("tensor", "graph")),
          Map.entry("java-core/models", Set.of("tensor", "graph")),
          Map.entry("java-core/runtime", Set.of("tensor", "graph")),
          Map.entry(
              "java-core/quantize", Set.of("tensor", "graph", "formats", "models", "runtime")),
          Map.entry("backends/testkit", Set.of("tensor", "graph", "models", "runtime", "engine")),
          Map.entry("backends/engine", Set.of("tensor", "graph", "runtime")),
          Map.entry("backends/cpu-engine", Set.of("tensor", "graph", "runtime", "engine", "os")),
          Map.entry("backends/gpu-engine", Set.of("tensor", "graph", "runtime", "engine")),
          Map.entry(
              "backends/onnxruntime",
              Set.of(
                  "tensor", "graph", "formats", "runtime", "engine", "onnxruntime", "ffi", "os")),
          Map.entry("backends/cpu", Set.of("tensor", "graph", "runtime", "cpuengine", "cpu")),
          Map.entry(
              "backends/openvino",
              Set.of("tensor", "graph", "runtime", "engine", "ffi", "openvino")),
          Map.entry("backends/vector", Set.of("tensor", "graph", "runtime", "cpuengine", "os")),
          Map.entry("backends/cuda", Set.of("gpuengine", "cuda")),
          Map.entry("backends/metal", Set.of("gpuengine", "metal")),
          Map.entry("backends/qnn", Set.of("tensor", "graph", "runtime", "engine", "ffi", "qnn")),
          Map.entry(
              "java-core/pipelines", Set.of("tensor", "graph", "formats", "models", "runtime")),
          Map.entry("java-core/gatun", Set.of("pipelines")),
          Map.entry(
              "bench", Set.of("tensor", "graph", "formats", "models", "runtime", "pipelines")),
          Map.entry(
              "java-core/cli",
              Set.of(
                  "tensor",
                  "graph",
                  "formats",
                  "models",
                  "runtime",
                  "pipelines",
                  "quantize",
                  "bench",
                  "os")));

  /** The module that is a list of versions alone. */
  private static final String VERSIONS = "java-core/bom";

  private static final Pattern REQUIRES =
      Pattern.compile("requires\\s+(?:transitive\\s+|static\\s+)*dev\\.gatun\\.(\\w+)\\s*;");
  private static final Pattern MODULE_ENTRY = Pattern.compile("<module>([^<]+)</module>");
  private static final Pattern NATIVE_ACCESS =
      Pattern.compile("\\bLinker\\b|\\bSymbolLookup\\b|\\.reinterpret\\(");
  private static final Pattern VECTOR_API = Pattern.compile("jdk\\.incubator\\.vector");

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("java-core"))) {
      folder = folder.getParent();
    }
    assertTrue(folder != null, "no checkout around the working directory");
    return folder;
  }

  @Test
  void everyModuleOfTheReactorHasARuleAndKeepsIt() throws IOException {
    Set<String> modules = new TreeSet<>();
    Matcher entries = MODULE_ENTRY.matcher(Files.readString(root().resolve("pom.xml")));
    while (entries.find()) {
      modules.add(entries.group(1));
    }
    assertEquals(new TreeSet<>(MAY_REQUIRE.keySet()), modules);
    for (String module : modules) {
      if (module.equals(VERSIONS)) {
        assertFalse(Files.exists(root().resolve(module).resolve("src")), module + " has sources");
        continue;
      }
      Path info = root().resolve(module).resolve("src/main/java/module-info.java");
      Matcher requires = REQUIRES.matcher(Files.readString(info));
      while (requires.find()) {
        assertTrue(
            MAY_REQUIRE.get(module).contains(requires.group(1)),
            module + " may not require " + requires.group(1));
      }
    }
  }

  @Test
  void nativeAccessStaysUnderBindings() throws IOException {
    assertEquals(List.of(), mentions(NATIVE_ACCESS, "bindings/"));
  }

  @Test
  void theVectorApiStaysInItsBackend() throws IOException {
    List<String> outside = mentions(VECTOR_API, "backends/vector/");
    // The launcher's and the backend's messages name the flag; nobody else imports the package.
    outside.removeIf(place -> !place.contains(": import "));
    assertEquals(List.of(), outside);
  }

  @Test
  void everyFolderHasAReadme() throws IOException {
    List<String> folders = new ArrayList<>(MAY_REQUIRE.keySet());
    folders.addAll(List.of(".", "java-core", "backends", "bindings", "native", "scripts", "bench"));
    for (String folder : folders) {
      Path readme = root().resolve(folder).resolve("README.md");
      assertTrue(Files.isRegularFile(readme), "no " + readme);
      assertFalse(Files.readString(readme).isBlank(), readme + " is empty");
    }
  }

  /** Lines of main sources outside one folder that match, as {@code file: line}. */
  private static List<String> mentions(Pattern pattern, String allowed) throws IOException {
    List<String> places = new ArrayList<>();
    for (String module : MAY_REQUIRE.keySet()) {
      if (module.equals(VERSIONS)) {
        continue;
      }
      Path sources = root().resolve(module).resolve("src/main/java");
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          String name = root().relativize(file).toString().replace('\\', '/');
          if (name.startsWith(allowed)) {
            continue;
          }
          for (String line : Files.readAllLines(file)) {
            if (pattern.matcher(line).find()) {
              places.add(name + ": " + line.strip());
            }
          }
        }
      }
    }
    return places;
  }
}
