package dev.gatun.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.tensor.GatunException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportJsonTest {
  private static final BenchReport REPORT = SampleReport.of("a\u0001 \"model\" <x>");

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("report.json"), text);
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    assertEquals(REPORT, ReportJson.read(file(ReportJson.document(REPORT))));
  }

  @Test
  void aQuantityIsANumberOrAReason() throws IOException {
    JsonNode row = new ObjectMapper().readTree(ReportJson.document(REPORT)).path("rows").get(0);
    assertEquals("{\"value\":0.5}", row.path("loadSeconds").toString());
    assertEquals("{\"unavailable\":\"not measured\"}", row.path("joulesPerItem").toString());
  }

  @Test
  void eachLineStandsForItself() throws IOException {
    String[] lines = ReportJson.lines(REPORT).split("\n", -1);
    assertEquals(REPORT.rows().size() + 1, lines.length);
    JsonNode line = new ObjectMapper().readTree(lines[1]);
    assertEquals(BenchReport.SCHEMA, line.path("schema").asText());
    assertEquals("vector:512", line.path("device").asText());
  }

  private String refusal(String text) throws IOException {
    Path file = file(text);
    GatunException e = assertThrows(GatunException.class, () -> ReportJson.read(file));
    assertEquals(GatunException.Kind.USAGE, e.kind());
    return e.getMessage();
  }

  @Test
  void whatIsNoReportIsRefused() throws IOException {
    assertTrue(refusal("{").contains("is damaged"));
    assertTrue(refusal("").contains("its schema is ''"));
    assertTrue(refusal("{\"schema\": \"gatun.bench/2\"}").contains("'gatun.bench/2', not"));
    assertTrue(refusal("{\"schema\": \"gatun.bench/3\", \"rows\": 7}").contains("is damaged"));
    assertTrue(
        assertThrows(GatunException.class, () -> ReportJson.read(folder.resolve("none.json")))
            .getMessage()
            .contains("cannot be read"));
  }

  @Test
  void junitXmlIsWellFormedWhateverTheNames() throws Exception {
    Document xml =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(JunitXml.of(REPORT).getBytes(StandardCharsets.UTF_8)));
    assertEquals("5", xml.getDocumentElement().getAttribute("tests"));
    assertEquals("1", xml.getDocumentElement().getAttribute("skipped"));
    assertEquals(
        "a? \"model\" <x>",
        xml.getElementsByTagName("testcase")
            .item(0)
            .getAttributes()
            .getNamedItem("classname")
            .getNodeValue());
  }
}
