package dev.gatun.cli.command;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.runtime.plan.Explanation;
import java.util.Map;

/** A plan as JSON members. */
final class Plans {
  private Plans() {}

  static Map<String, Object> members(Explanation explanation) {
    return new ObjectMapper()
        .convertValue(explanation, new TypeReference<Map<String, Object>>() {});
  }
}
