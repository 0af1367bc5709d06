package dev.gatun.models.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One message of a conversation. Immutable.
 *
 * @param role {@code system}, {@code user}, {@code assistant}, {@code tool}, or what else the
 *     template knows
 * @param content the text; null where an assistant's message consists of tool calls only
 * @param toolCalls empty but for an assistant that calls tools
 * @param toolCallId of a tool's answer the call that it answers, else null
 * @param name of a tool's answer the function, else the speaker or null
 * @param extra further fields that a template may read, such as {@code reasoning_content}; a field
 *     {@code content} here, a list of parts for example, replaces the text
 */
public record ChatMessage(
    String role,
    String content,
    List<ToolCall> toolCalls,
    String toolCallId,
    String name,
    Map<String, Object> extra) {

  public ChatMessage {
    Objects.requireNonNull(role, "role");
    toolCalls = List.copyOf(toolCalls);
    extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
  }

  public ChatMessage(String role, String content) {
    this(role, content, List.of(), null, null, Map.of());
  }

  public static ChatMessage system(String content) {
    return new ChatMessage("system", content);
  }

  public static ChatMessage user(String content) {
    return new ChatMessage("user", content);
  }

  public static ChatMessage assistant(String content) {
    return new ChatMessage("assistant", content);
  }

  public static ChatMessage assistant(String content, List<ToolCall> toolCalls) {
    return new ChatMessage("assistant", content, toolCalls, null, null, Map.of());
  }

  /** A tool's answer. */
  public static ChatMessage tool(String toolCallId, String name, String content) {
    return new ChatMessage("tool", content, List.of(), toolCallId, name, Map.of());
  }

  /** As templates see it. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("role", role);
    if (name != null) {
      map.put("name", name);
    }
    if (toolCallId != null) {
      map.put("tool_call_id", toolCallId);
    }
    map.put("content", content);
    if (!toolCalls.isEmpty()) {
      List<Object> calls = new ArrayList<>();
      for (ToolCall call : toolCalls) {
        calls.add(call.toMap());
      }
      map.put("tool_calls", calls);
    }
    map.putAll(extra);
    return map;
  }
}
