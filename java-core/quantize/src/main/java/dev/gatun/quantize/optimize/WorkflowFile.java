package dev.gatun.quantize.optimize;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.onnx.OnnxTarget;
import dev.gatun.quantize.optimize.Workflow.Evaluation;
import dev.gatun.quantize.optimize.Workflow.Method;
import dev.gatun.quantize.optimize.Workflow.Mix;
import dev.gatun.quantize.optimize.Workflow.Passes;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads a {@link Workflow} from JSON or YAML ({@link YamlText}), form {@code gatun.workflow/1};
 * README.md of this module shows one. Paths are relative to the file. What is not known is refused,
 * with what there is.
 */
public final class WorkflowFile {
  private static final String SCHEMA = "gatun.workflow/1";

  /** Passes in the only order in which they make sense. */
  private static final List<String> PASSES = List.of("quantize", "mix", "restore");

  private final Path file;

  private WorkflowFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws GatunException of kind USAGE when it is no workflow, naming what is wrong
   */
  public static Workflow read(Path file) {
    return new WorkflowFile(file).read();
  }

  private Workflow read() {
    JsonNode root = tree();
    known(
        root,
        "the workflow",
        "schema",
        "model",
        "output",
        "goal",
        "passes",
        "check",
        "search",
        "evaluate",
        "report");
    if (!root.path("schema").asText().equals(SCHEMA)) {
      throw wrong("schema is '%s', not %s".formatted(root.path("schema").asText(), SCHEMA));
    }
    String goal = text(root, "goal").orElseThrow(() -> wrong("it has no goal"));
    Objective.parse(goal);
    return new Workflow(
        text(root, "model").map(this::model),
        path(root, "output"),
        goal,
        passes(root),
        method(root.path("search")),
        evaluation(root.path("evaluate")),
        path(root, "report"));
  }

  /** YAML by the file's name, or when it does not begin as JSON does. */
  private JsonNode tree() {
    try {
      byte[] bytes = Files.readAllBytes(file);
      String name = file.toString().toLowerCase(Locale.ROOT);
      String text = new String(bytes, StandardCharsets.UTF_8);
      boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
      if (yaml || (!name.endsWith(".json") && !text.stripLeading().startsWith("{"))) {
        return YamlText.read(text);
      }
      return JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readTree(bytes);
    } catch (YamlText.WrongException e) {
      throw new GatunException(
          GatunException.Kind.USAGE, "%s, %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.USAGE, "cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** A file beside the workflow, or a name. */
  private String model(String name) {
    Path beside = resolve(name);
    return Files.exists(beside) ? beside.toString() : name;
  }

  private Passes passes(JsonNode root) {
    JsonNode list = root.path("passes");
    Map<String, JsonNode> passes = new HashMap<>();
    int last = -1;
    for (JsonNode pass : list) {
      String name = text(pass, "pass").orElse("");
      int place = PASSES.indexOf(name);
      if (place <= last) {
        throw wrong(
            "pass '%s': there are %s, each once and in this order"
                .formatted(name, String.join(", ", PASSES)));
      }
      last = place;
      passes.put(name, pass);
    }
    JsonNode quantize = passes.get("quantize");
    if (quantize == null) {
      throw wrong("it has no pass quantize, without which there is nothing to search");
    }
    known(
        quantize,
        "pass quantize",
        "pass",
        "types",
        "schemes",
        "calibration",
        "target",
        "imatrix",
        "allowRequantize");
    JsonNode check = root.path("check");
    known(check, "check", "snr");
    if (passes.containsKey("restore")) {
      known(passes.get("restore"), "pass restore", "pass");
    }
    return new Passes(
        strings(quantize, "types").stream().map(this::fileType).toList(),
        strings(quantize, "schemes").stream().map(this::scheme).toList(),
        path(quantize, "calibration"),
        text(quantize, "target").map(OnnxTarget::named),
        path(quantize, "imatrix"),
        flag(quantize, "allowRequantize"),
        Optional.ofNullable(passes.get("mix")).map(this::mix),
        passes.containsKey("restore"),
        number(check, "snr", Passes.BROKEN));
  }

  private Mix mix(JsonNode pass) {
    known(pass, "pass mix", "pass", "parts", "types");
    List<String> parts = strings(pass, "parts");
    for (String part : parts) {
      try {
        Pattern.compile(part);
      } catch (PatternSyntaxException e) {
        throw wrong("part '%s' is no regular expression: %s".formatted(part, e.getDescription()));
      }
    }
    List<DType> types = strings(pass, "types").stream().map(this::type).toList();
    return new Mix(
        parts.isEmpty() ? Mix.USUAL.parts() : parts, types.isEmpty() ? Mix.USUAL.types() : types);
  }

  private Method method(JsonNode search) {
    known(search, "search", "method", "trials", "seed");
    return switch (text(search, "method").orElse("exhaustive")) {
      case "exhaustive" -> new Method.Exhaustive();
      case "tpe" -> new Method.Tpe(count(search, "trials", 20, 1), search.path("seed").asLong(1));
      case String other -> throw wrong("search '%s': there are exhaustive, tpe".formatted(other));
    };
  }

  private Evaluation evaluation(JsonNode evaluate) {
    known(evaluate, "evaluate", "text", "labels", "window", "windows", "policy", "devices");
    return new Evaluation(
        path(evaluate, "text"),
        path(evaluate, "labels"),
        count(evaluate, "window", 256, 4),
        count(evaluate, "windows", 8, 1),
        Policy.parse(text(evaluate, "policy").orElse("auto")),
        strings(evaluate, "devices"));
  }

  private FileType fileType(String name) {
    return FileType.of(name)
        .orElseThrow(
            () -> wrong("'%s' is no type; there are %s".formatted(name, FileType.names())));
  }

  private String scheme(String name) {
    if (!OnnxSchemes.all(Optional.empty()).containsKey(name)) {
      throw wrong(
          "'%s' is no scheme; there are %s"
              .formatted(name, OnnxSchemes.all(Optional.empty()).keySet()));
    }
    return name;
  }

  private DType type(String name) {
    try {
      return DType.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw wrong("'%s' is no type of a tensor, such as Q8_0".formatted(name));
    }
  }

  private void known(JsonNode node, String where, String... names) {
    if (!node.isObject() && !node.isMissingNode()) {
      throw wrong(where + " is not an object");
    }
    Set<String> allowed = new TreeSet<>(List.of(names));
    node.fieldNames()
        .forEachRemaining(name -> {
          if (!allowed.contains(name)) {
            throw wrong("%s has '%s'; there are %s".formatted(where, name, allowed));
          }
        });
  }

  private Optional<String> text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw wrong("%s is %s, not a text".formatted(name, value));
    }
    return Optional.of(value.asText());
  }

  private Optional<Path> path(JsonNode node, String name) {
    return text(node, name).map(this::resolve);
  }

  private Path resolve(String path) {
    return file.toAbsolutePath().resolveSibling(path).normalize();
  }

  private List<String> strings(JsonNode node, String name) {
    List<String> values = new ArrayList<>();
    JsonNode list = node.path(name);
    if (!list.isMissingNode() && !list.isArray()) {
      throw wrong("%s is %s, not a list".formatted(name, list));
    }
    for (JsonNode value : list) {
      if (!value.isTextual()) {
        throw wrong("%s has %s, which is no text".formatted(name, value));
      }
      values.add(value.asText());
    }
    return values;
  }

  private int count(JsonNode node, String name, int unset, int least) {
    double value = number(node, name, unset);
    if (value < least || value > Integer.MAX_VALUE || value != Math.rint(value)) {
      throw wrong("%s is %s, not a whole number of at least %d".formatted(name, value, least));
    }
    return (int) value;
  }

  private boolean flag(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw wrong("%s is %s, not true or false".formatted(name, value));
    }
    return value.asBoolean(false);
  }

  private double number(JsonNode node, String name, double unset) {
    JsonNode value = node.path(name);
    if (!value.isMissingNode() && !value.isNumber()) {
      throw wrong("%s is %s, not a number".formatted(name, value));
    }
    return value.asDouble(unset);
  }

  private GatunException wrong(String what) {
    return new GatunException(GatunException.Kind.USAGE, "%s: %s".formatted(file, what));
  }
}
