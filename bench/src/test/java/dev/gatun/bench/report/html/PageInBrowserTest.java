package dev.gatun.bench.report.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.bench.report.SampleReport;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a headless browser, where Chromium or Chrome is on the PATH. */
class PageInBrowserTest {
  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final int PHONE = 360;

  @TempDir Path folder;

  private static Optional<Path> browser() {
    String[] folders = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1);
    return BROWSERS.stream()
        .flatMap(name -> Arrays.stream(folders).map(each -> Path.of(each, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** A page around the report as wide as a phone, which notes how wide the report would be. */
  private static String frame() {
    return """
    <!doctype html><title>frame</title><script>
    function measure(frame) {
      const page = frame.contentDocument;
      const facts = document.documentElement.dataset;
      facts.wide = page.documentElement.scrollWidth;
      facts.room = page.documentElement.clientWidth;
      facts.bars = page.querySelectorAll(".bar i").length;
      facts.drawn = page.querySelectorAll("svg polyline.curve").length;
      const cut = text => {
        const own = text.getBoundingClientRect(), all = text.closest("svg").getBoundingClientRect();
        return own.left < all.left || own.right > all.right || own.top < all.top || own.bottom > all.bottom;
      };
      facts.cut = [...page.querySelectorAll("svg text")].filter(cut).map(text => text.textContent);
      facts.high = Math.min(...[...page.querySelectorAll("svg")].map(svg => svg.clientHeight));
    }
    </script><body><iframe src="report.html" width="%d" height="800" style="border:0"
    onload="measure(this)"></iframe>
    """
        .formatted(PHONE);
  }

  @Test
  void itRendersOnAPhoneWithoutAConsoleError() throws IOException, InterruptedException {
    Optional<Path> browser = browser();
    assumeTrue(browser.isPresent(), "skipped: neither Chromium nor Chrome is on the PATH");
    Files.writeString(
        folder.resolve("report.html"),
        HtmlPage.of(SampleReport.of("models/as/they/lie/in/folders/within/folders.gguf")));
    Path frame = Files.writeString(folder.resolve("frame.html"), frame());
    Path log = folder.resolve("browser.log");
    List<String> command =
        new ArrayList<>(
            List.of(
                browser.get().toString(),
                "--headless=new",
                "--disable-gpu",
                "--no-sandbox",
                "--no-first-run",
                "--user-data-dir=" + folder.resolve("profile"),
                "--allow-file-access-from-files",
                "--enable-logging=stderr",
                "--virtual-time-budget=5000",
                "--dump-dom",
                frame.toUri().toString()));
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    String dom = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the browser did not end");
    try (Stream<String> lines = Files.lines(log)) {
      lines.forEach(line -> assertFalse(line.contains(":CONSOLE"), line));
    }
    assertEquals(
        number(dom, "room"), number(dom, "wide"), "the page must not be wider than the phone");
    assertTrue(dom.contains("data-cut=\"\""), () -> "labels are cut off: " + dom);
    assertEquals(4, number(dom, "bars"));
    assertEquals(4, number(dom, "drawn"));
    assertTrue(number(dom, "high") > 100, "a chart has no height");
  }

  private static int number(String dom, String name) {
    Matcher found = Pattern.compile("data-" + name + "=\"(\\d+)\"").matcher(dom);
    assertTrue(found.find(), () -> "no data-" + name + " in " + dom);
    return Integer.parseInt(found.group(1));
  }
}
