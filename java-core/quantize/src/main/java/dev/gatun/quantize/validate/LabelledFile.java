package dev.gatun.quantize.validate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatun.models.eval.MultipleChoice.Question;
import dev.gatun.quantize.onnx.CalibrationInputs;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Examples with their right answers, one JSON object a line. Which members a line has follows from
 * the kind of model: see the methods.
 */
public final class LabelledFile {
  private final Path path;

  /** A file that is read when it is asked. */
  public LabelledFile(Path path) {
    this.path = path;
  }

  /** A text, and what it is about. */
  public record LabelledText(String text, String label) {}

  /** Inputs of a network by name, and the index of the right class. */
  public record LabelledInputs(Map<String, Tensor> inputs, int label) {}

  /** Takes one line. */
  private interface Reader<T> {
    T read(JsonNode line);
  }

  /**
   * For models that write text: {@code {"context": "2 + 2 =", "choices": ["4", "5"], "label": 0}}.
   *
   * @throws GatunException of kind USAGE when a line is not such an object; it is named
   */
  public List<Question> questions() {
    return lines(line -> {
      List<String> choices = new ArrayList<>();
      member(line, "choices").forEach(choice -> choices.add(choice.asText()));
      return new Question(text(line, "context"), choices, index(line));
    });
  }

  /**
   * For text encoders: {@code {"text": "The match ended 2:1", "label": "sports"}}.
   *
   * @throws GatunException as {@link #questions}
   */
  public List<LabelledText> texts() {
    return lines(line -> new LabelledText(text(line, "text"), text(line, "label")));
  }

  /**
   * For other networks: {@code {"inputs": "first.npz", "label": 3}}, files beside this one.
   *
   * @throws GatunException as {@link #questions}
   */
  public List<LabelledInputs> inputs() {
    return lines(line -> {
      Path archive = path.resolveSibling(text(line, "inputs"));
      return new LabelledInputs(CalibrationInputs.archives(archive).getFirst(), index(line));
    });
  }

  private <T> List<T> lines(Reader<T> reader) {
    List<T> examples = new ArrayList<>();
    int number = 0;
    try {
      for (String line : Files.readAllLines(path)) {
        number++;
        if (!line.isBlank()) {
          examples.add(reader.read(new JsonMapper().readTree(line)));
        }
      }
    } catch (JsonProcessingException | IllegalArgumentException e) {
      String why =
          e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
      throw new GatunException(
          Kind.USAGE, "line %d of %s is no example: %s".formatted(number, path, why), e);
    } catch (NoSuchFileException e) {
      throw new GatunException(Kind.USAGE, "there is no file %s with examples".formatted(path), e);
    } catch (IOException e) {
      throw new GatunException(
          Kind.USAGE, "%s cannot be read (%s)".formatted(path, GatunException.reason(e)), e);
    }
    if (examples.isEmpty()) {
      throw new GatunException(Kind.USAGE, path + " has no lines");
    }
    return examples;
  }

  private static JsonNode member(JsonNode line, String name) {
    if (!line.hasNonNull(name)) {
      throw new IllegalArgumentException("it has no '%s'".formatted(name));
    }
    return line.get(name);
  }

  private static String text(JsonNode line, String name) {
    JsonNode value = member(line, name);
    if (!value.isValueNode()) {
      throw new IllegalArgumentException("'%s' is no text".formatted(name));
    }
    return value.asText();
  }

  private static int index(JsonNode line) {
    JsonNode value = member(line, "label");
    if (!value.isInt() || value.asInt() < 0) {
      throw new IllegalArgumentException("'label' is %s, no index from 0".formatted(value));
    }
    return value.asInt();
  }
}
