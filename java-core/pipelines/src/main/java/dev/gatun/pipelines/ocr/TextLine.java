package dev.gatun.pipelines.ocr;

import java.util.List;

/**
 * A line of text in a picture.
 *
 * @param score mean of its characters' probabilities, from 0 to 1
 * @param corners of its box: top left, top right, bottom right, bottom left as one reads
 */
public record TextLine(String text, double score, List<Point> corners) {
  public TextLine {
    corners = List.copyOf(corners);
  }
}
