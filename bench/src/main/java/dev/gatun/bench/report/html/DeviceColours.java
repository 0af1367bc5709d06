package dev.gatun.bench.report.html;

import static dev.gatun.bench.report.Markup.escape;

import dev.gatun.bench.report.BenchReport;
import dev.gatun.bench.report.Row;
import java.util.List;

/** A colour for each device, the same in every chart. */
public final class DeviceColours {
  /** Of Okabe and Ito's set, which readers with colour blindness can tell apart. */
  private static final List<String> COLOURS =
      List.of("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999");

  private final List<String> devices;

  DeviceColours(BenchReport report) {
    devices = report.rows().stream().map(Row::device).distinct().toList();
  }

  /** Class of a device's shapes. */
  String style(String device) {
    return "d" + devices.indexOf(device) % COLOURS.size();
  }

  /** Rules for the classes {@code d0} to {@code d6}, which pages of other reports use too. */
  public static String palette() {
    var css = new StringBuilder();
    for (int i = 0; i < COLOURS.size(); i++) {
      css.append(".d%d { --own: %s; }\n".formatted(i, COLOURS.get(i)));
    }
    return css.toString();
  }

  String legend() {
    var list = new StringBuilder("<ul class=\"legend\">\n");
    for (String device : devices) {
      list.append("<li class=\"%s\">%s</li>\n".formatted(style(device), escape(device)));
    }
    return list.append("</ul>\n").toString();
  }
}
