package dev.gatun.quantize.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The types that {@code llama-quantize} chose for the same models; {@code make_mixes.py} asked. */
class TypeMixTest {
  private static final List<String> MODELS =
      List.of("plain", "grouped", "narrow", "odd", "seventy", "mixtral", "four", "falcon", "neox");

  /** One line: the types of the tensors with this part of a name, layer by layer. */
  private record Recorded(
      String model, String kind, boolean importance, String part, String types) {
    String key() {
      return model + " " + kind + (importance ? " with importances" : "");
    }
  }

  private static List<Recorded> recorded() {
    try (var stream = TypeMixTest.class.getResourceAsStream("mixes.tsv")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split("\t"))
          .map(
              cells -> new Recorded(cells[0], cells[1], cells[2].equals("yes"), cells[3], cells[4]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> choosesAsLlamaQuantize() {
    Map<String, List<Recorded>> cases = new LinkedHashMap<>();
    recorded().forEach(line -> cases.computeIfAbsent(line.key(), k -> new ArrayList<>()).add(line));
    assertEquals(MODELS.size(), recorded().stream().map(Recorded::model).distinct().count());
    return cases.entrySet().stream()
        .map(entry -> dynamicTest(entry.getKey(), () -> compare(entry.getValue())));
  }

  private static void compare(List<Recorded> lines) {
    Recorded first = lines.getFirst();
    if (first.types().startsWith("refused")) {
      assertThrows(GatunException.class, () -> choose(first));
      return;
    }
    Map<String, String> expected = new LinkedHashMap<>();
    lines.forEach(line -> expected.put(line.part(), line.types()));
    Map<String, String> chosen = choose(first);
    chosen.keySet().removeIf(part -> part.contains("norm") || part.contains("gate_inp"));
    assertEquals(expected, chosen);
  }

  private static Map<String, String> choose(Recorded line) {
    MixModel model = MixModel.of(line.model());
    FileType file = FileType.of(line.kind()).orElseThrow();
    var options =
        new MixOptions(
            file,
            false,
            false,
            false,
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            line.importance());
    Map<String, Shape> tensors = model.tensors();
    var mix = new TypeMix(options, model.metadata(), tensors.keySet());
    Map<String, List<DType>> types = new LinkedHashMap<>();
    for (String name : TypeMix.ordered(tensors.keySet())) {
      Shape shape = tensors.get(name);
      DType stored = shape.rank() == 1 ? DType.F32 : DType.F16;
      TypeChoice choice = mix.next(new TensorInfo(name, stored, shape));
      types
          .computeIfAbsent(name.replaceFirst("^blk\\.\\d+\\.", ""), part -> new ArrayList<>())
          .add(choice.type());
    }
    Map<String, String> runs = new LinkedHashMap<>();
    types.forEach((part, all) -> runs.put(part, runs(all)));
    return runs;
  }

  private static String runs(List<DType> types) {
    var text = new StringBuilder();
    for (int from = 0; from < types.size(); ) {
      int to = from;
      while (to < types.size() && types.get(to) == types.get(from)) {
        to++;
      }
      text.append(text.isEmpty() ? "" : " ").append(types.get(from)).append('*').append(to - from);
      from = to;
    }
    return text.toString();
  }
}
