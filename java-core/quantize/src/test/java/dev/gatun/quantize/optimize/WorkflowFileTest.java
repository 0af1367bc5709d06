package dev.gatun.quantize.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.onnx.OnnxTarget;
import dev.gatun.quantize.optimize.Workflow.Method;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A workflow says what options say, and is refused where it says something else. */
class WorkflowFileTest {
  private static final String WHOLE =
      """
      {
        "schema": "gatun.workflow/1",
        "model": "model.gguf",
        "output": "out/best.gguf",
        "goal": "accuracy>=0.9,size",
        "passes": [
          {"pass": "quantize", "types": ["Q8_0", "q4_k_m"], "imatrix": "m.gguf", "allowRequantize": true},
          {"pass": "mix", "parts": ["ffn_down"], "types": ["Q5_0", "Q8_0"]},
          {"pass": "restore"}
        ],
        "check": {"snr": 5.5},
        "search": {"method": "tpe", "trials": 7, "seed": 3},
        "evaluate": {"text": "text.txt", "window": 128, "windows": 4, "policy": "require:cpu", "devices": ["all"]},
        "report": "out"
      }
      """;

  @TempDir private Path folder;

  private Workflow read(String text) throws IOException {
    Path file = folder.resolve("workflow.json");
    Files.writeString(file, text);
    return WorkflowFile.read(file);
  }

  @Test
  void everythingIsRead() throws IOException {
    Files.createFile(folder.resolve("model.gguf"));
    Workflow workflow = read(WHOLE);
    assertEquals(Optional.of(folder.resolve("model.gguf").toString()), workflow.model());
    assertEquals(Optional.of(folder.resolve("out/best.gguf")), workflow.output());
    assertEquals("accuracy>=0.9,size", workflow.goal());
    assertEquals(List.of(FileType.Q8_0, FileType.Q4_K_M), workflow.passes().types());
    assertEquals(Optional.of(folder.resolve("m.gguf")), workflow.passes().importance());
    assertTrue(workflow.passes().allowRequantize() && workflow.passes().restore());
    assertEquals(
        new Workflow.Mix(List.of("ffn_down"), List.of(DType.Q5_0, DType.Q8_0)),
        workflow.passes().mix().orElseThrow());
    assertEquals(5.5, workflow.passes().leastSignal());
    assertEquals(new Method.Tpe(7, 3), workflow.method());
    assertEquals(
        new Workflow.Evaluation(
            Optional.of(folder.resolve("text.txt")),
            Optional.empty(),
            128,
            4,
            Policy.require("cpu"),
            List.of("all")),
        workflow.evaluation());
    assertEquals(Optional.of(folder.resolve("out")), workflow.report());
  }

  @Test
  void yamlSaysTheSame() throws IOException {
    Files.createFile(folder.resolve("model.gguf"));
    String yaml =
        """
        schema: gatun.workflow/1
        model: model.gguf
        output: out/best.gguf
        goal: accuracy>=0.9,size
        passes:
          - pass: quantize
            types: [Q8_0, q4_k_m]
            imatrix: m.gguf        # of another text
            allowRequantize: true
          - pass: mix
            parts: [ffn_down]
            types: [Q5_0, Q8_0]
          - pass: restore
        check: {snr: 5.5}
        search:
          method: tpe
          trials: 7
          seed: 3
        evaluate: {text: text.txt, window: 128, windows: 4, policy: "require:cpu", devices: [all]}
        report: out
        """;
    Path file = folder.resolve("workflow.yaml");
    Files.writeString(file, yaml);
    assertEquals(read(WHOLE), WorkflowFile.read(file));
    Files.writeString(file, yaml.replace("true", "yes"));
    GatunException e = assertThrows(GatunException.class, () -> WorkflowFile.read(file));
    assertTrue(e.getMessage().contains("allowRequantize is \"yes\", not true"), e.getMessage());
    Files.writeString(file, yaml.replace("search:", "search: fast"));
    e = assertThrows(GatunException.class, () -> WorkflowFile.read(file));
    assertTrue(e.getMessage().contains("workflow.yaml, line 16: "), e.getMessage());
  }

  @Test
  void theShortestHasTheStandardOfEverything() throws IOException {
    Workflow workflow =
        read(
            """
            {"schema": "gatun.workflow/1", "model": "smollm2", "goal": "size",
             "passes": [{"pass": "quantize"}]}
            """);
    assertEquals(Optional.of("smollm2"), workflow.model());
    assertEquals(
        new Workflow.Passes(
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            false,
            0),
        workflow.passes());
    assertEquals(new Method.Exhaustive(), workflow.method());
    assertEquals(
        new Workflow.Evaluation(
            Optional.empty(), Optional.empty(), 256, 8, Policy.auto(), List.of()),
        workflow.evaluation());
  }

  @Test
  void theSearchIsOverWhatIsDeclared() throws IOException {
    Workflow workflow = read(WHOLE.replace("\"method\": \"tpe\", \"trials\": 7, \"seed\": 3", ""));
    Search<GgufRecipe> search = workflow.search(workflow.types());
    List<GgufRecipe> recipes = new ArrayList<>();
    for (var next = search.next(); next.isPresent(); next = search.next()) {
      recipes.add(next.get());
    }
    // Two types, each with the part as the mix has it, and as either of two others.
    assertEquals(6, recipes.size());
    assertTrue(recipes.stream().allMatch(GgufRecipe::weighted));
    assertEquals(DType.Q5_0, recipes.get(1).raised().get("ffn_down"));
  }

  @Test
  void schemesOfOnnxHaveTheFormOfTheirTarget() throws IOException {
    Workflow workflow =
        read(
            """
            {"schema": "gatun.workflow/1", "model": "minilm", "goal": "latency",
             "passes": [{"pass": "quantize", "schemes": ["static", "int4-hqq"],
                         "calibration": "texts", "target": "tensorrt"}]}
            """);
    OnnxSpace space = workflow.schemes(List.of("first"));
    assertEquals(List.of("static", "int4-hqq"), List.copyOf(space.schemes().keySet()));
    assertEquals(OnnxTarget.TENSORRT.preset(), space.schemes().get("static"));
    assertEquals(List.of("first"), space.recipe(1, 1).kept());
    assertEquals(4, space.all().size());
    assertEquals(Optional.of(folder.resolve("texts")), workflow.passes().calibration());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gatun.workflow/1 | gatun.workflow/2 | not gatun.workflow/1",
        "\"goal\": \"accuracy>=0.9,size\" | \"goal\": \"fast\" | accuracy>=N",
        "\"goal\" | \"aim\" | the workflow has 'aim'",
        "\"imatrix\" | \"matrix\" | pass quantize has 'matrix'; there are",
        "q4_k_m | Q4_X | Q4_K_M",
        "\"imatrix\": \"m.gguf\" | \"schemes\": [\"int3\"] | is no scheme; there are",
        "\"imatrix\": \"m.gguf\" | \"target\": \"abacus\" | there is no target",
        "\"pass\": \"mix\" | \"pass\": \"prune\" | quantize, mix, restore",
        "\"pass\": \"quantize\" | \"pass\": \"restore\" | in this order",
        "[\"ffn_down\"] | [\"ffn(\"] | no regular expression",
        "Q5_0 | Q5_9 | no type of a tensor",
        "tpe | annealing | exhaustive, tpe",
        "\"trials\": 7 | \"trials\": 0 | at least 1",
        "\"window\": 128 | \"window\": 2.5 | whole number",
        "5.5 | \"much\" | not a number",
        "require:cpu | fastest | unknown policy",
        "\"report\": \"out\" | \"report\": \"out\", \"report\": \"x\" | Duplicate",
        "{\"pass\": \"restore\"} | 3 | pass ''"
      })
  void mistakesAreNamed(String right, String wrong, String message) {
    assertTrue(WHOLE.contains(right), right);
    GatunException e = assertThrows(GatunException.class, () -> read(WHOLE.replace(right, wrong)));
    assertEquals(GatunException.Kind.USAGE, e.kind());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void whatIsNoFileOrNoJsonIsSaid() {
    assertThrows(GatunException.class, () -> WorkflowFile.read(folder.resolve("none.json")));
    assertThrows(GatunException.class, () -> read("{"));
    assertThrows(GatunException.class, () -> read("[]"));
  }
}
