package dev.gatun.bench.report.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.bench.report.BenchReport;
import dev.gatun.bench.report.SampleReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlPageTest {
  private static final BenchReport REPORT = SampleReport.of("a <model> & more");
  private static final String PAGE = HtmlPage.of(REPORT);

  /** The report that the page carries. */
  private static JsonNode carried() throws IOException {
    Matcher json = Pattern.compile("id=\"report\">(.*?)</script>", Pattern.DOTALL).matcher(PAGE);
    assertTrue(json.find());
    return new ObjectMapper().readTree(json.group(1));
  }

  private static List<String> column(String name) {
    List<String> cells = new ArrayList<>();
    Matcher cell = Pattern.compile("<td data-column=\"" + name + "\">(.*?)</td>").matcher(PAGE);
    while (cell.find()) {
      cells.add(cell.group(1));
    }
    return cells;
  }

  /** Medians and percentiles of the shown table, from nothing but the raw samples beside it. */
  @Test
  void theFiguresFollowFromTheRawSamplesInThePage() throws IOException {
    JsonNode rows = carried().path("rows");
    assertEquals(REPORT.rows().size(), rows.size());
    for (int i = 0; i < rows.size(); i++) {
      List<Double> samples = new ArrayList<>();
      rows.get(i)
          .path("rounds")
          .forEach(round -> round.path("seconds").forEach(each -> samples.add(each.asDouble())));
      Collections.sort(samples);
      int n = samples.size();
      double median =
          n % 2 == 1 ? samples.get(n / 2) : (samples.get(n / 2 - 1) + samples.get(n / 2)) / 2;
      assertShown(1000 * median, column("P50").get(i));
      assertShown(1000 * samples.get((int) Math.ceil(0.9 * n) - 1), column("P90").get(i));
      assertShown(1000 * samples.get((int) Math.ceil(0.99 * n) - 1), column("P99").get(i));
      double items = rows.get(i).path("itemsPerQuery").asDouble();
      assertShown(items / median, column("RATE").get(i).split(" ", -1)[0]);
    }
  }

  /** As many digits as are shown. */
  private static void assertShown(double value, String shown) {
    int digits = shown.contains(".") ? shown.length() - shown.indexOf('.') - 1 : 0;
    assertEquals(String.format(Locale.ROOT, "%." + digits + "f", value), shown);
  }

  @Test
  void barsAreAsLongAsTheirRates() {
    double most =
        REPORT.rows().stream()
            .filter(row -> row.test().equals("embed"))
            .mapToDouble(row -> row.rate().high())
            .max()
            .orElseThrow();
    for (var row : REPORT.rows()) {
      if (row.test().equals("embed")) {
        String width =
            String.format(
                Locale.ROOT, "<i style=\"width:%.2f%%\">", 100 * row.rate().value() / most);
        assertTrue(PAGE.contains(width), width);
      }
    }
  }

  @Test
  void itLoadsNothingAndEscapesWhatItShows() {
    assertFalse(PAGE.contains("http:") || PAGE.contains("https:"), "an address in the page");
    assertFalse(PAGE.contains("<model>"));
    assertTrue(PAGE.contains("a &lt;model&gt; &amp; more"));
    assertTrue(PAGE.contains("there is no such hardware"));
  }

  @Test
  void clocksAndTemperaturesAreToldOfProcessorAndDevice() {
    assertTrue(PAGE.contains("2000 MHz, 1.0 load before the rounds"));
    assertTrue(PAGE.contains("1980 MHz, 61 °C, 700 W at most"));
  }
}
