package dev.gatun.quantize.optimize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** YAML 1.2 with the core schema, as the tree that JSON would have given. */
final class YamlText {
  /** Deepest nesting; a workflow needs four levels. */
  private static final int DEEPEST = 32;

  /** What is wrong, with its line. */
  static final class WrongException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongException(String what, Throwable cause) {
      super(what, cause);
    }
  }

  private YamlText() {}

  /**
   * Reads a document. A key that is there twice is wrong, and so is an alias of a list or a
   * mapping: a few of them could stand for more values than memory holds.
   *
   * @throws WrongException naming the line of what is wrong
   */
  static JsonNode read(String text) {
    LoadSettings settings =
        LoadSettings.builder().setAllowDuplicateKeys(false).setMaxAliasesForCollections(0).build();
    try {
      int depth = 0;
      for (var events = new ParserImpl(settings, new StreamReader(settings, text));
          events.hasNext(); ) {
        Event event = events.next();
        if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
          throw new WrongException("it is nested deeper than %d levels".formatted(DEEPEST), null);
        } else if (event instanceof CollectionEndEvent) {
          depth--;
        }
      }
      return new JsonMapper().valueToTree(new Load(settings).loadFromString(text));
    } catch (MarkedYamlEngineException e) {
      String place =
          e.getProblemMark().map(mark -> "line %d: ".formatted(mark.getLine() + 1)).orElse("");
      throw new WrongException(place + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new WrongException(e.getMessage(), e);
    }
  }
}
