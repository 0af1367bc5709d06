package dev.gatun.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes and reads reports as JSON. */
public final class ReportJson {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final long MAX_BYTES = 512L << 20;

  private ReportJson() {}

  /** One document, indented. */
  public static String document(BenchReport report) {
    try {
      return MAPPER.writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write the report", e);
    }
  }

  /** One row a line, each an object with schema, date, machine and the row's members. */
  public static String lines(BenchReport report) {
    var text = new StringBuilder();
    for (Row row : report.rows()) {
      var line = MAPPER.createObjectNode();
      line.put("schema", report.schema()).put("date", report.date());
      line.set("machine", MAPPER.valueToTree(report.machine()));
      line.setAll((com.fasterxml.jackson.databind.node.ObjectNode) MAPPER.valueToTree(row));
      text.append(line).append('\n');
    }
    return text.toString();
  }

  /**
   * Reads a report.
   *
   * @throws GatunException of kind USAGE when the file is no report of this form
   */
  public static BenchReport read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw bad(file, "is larger than any report");
      }
      JsonNode tree = MAPPER.readTree(file.toFile());
      String schema = tree == null ? "" : tree.path("schema").asText();
      if (!schema.equals(BenchReport.SCHEMA)) {
        throw bad(
            file,
            "is no report of `gatun bench --json` of this version: its schema is '%s', not '%s'"
                .formatted(schema, BenchReport.SCHEMA));
      }
      return MAPPER.treeToValue(tree, BenchReport.class);
    } catch (JsonProcessingException e) {
      throw bad(file, "is damaged: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw bad(file, "cannot be read (" + GatunException.reason(e) + ")");
    }
  }

  private static GatunException bad(Path file, String what) {
    return new GatunException(GatunException.Kind.USAGE, file + " " + what);
  }
}
