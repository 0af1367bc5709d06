package dev.gatun.models.chat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A function call that the model asked for. Immutable.
 *
 * @param id identifies the call in the tool's answer; null if the model gives none
 * @param name the function
 * @param arguments by name, as parsed JSON: maps, lists, text, numbers, booleans, null
 */
public record ToolCall(String id, String name, Map<String, Object> arguments) {
  public ToolCall {
    Objects.requireNonNull(name, "name");
    arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
  }

  /** As templates see it. */
  Map<String, Object> toMap() {
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", name);
    function.put("arguments", arguments);
    Map<String, Object> call = new LinkedHashMap<>();
    if (id != null) {
      call.put("id", id);
    }
    call.put("type", "function");
    call.put("function", function);
    return call;
  }
}
