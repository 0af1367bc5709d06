package dev.gatun.pipelines.ocr;

import dev.gatun.pipelines.image.Picture;
import java.util.List;

/** Draws the boxes of lines on a picture. */
public final class Marking {
  private static final int COLOR = 0xE02020;
  private static final double PIXELS_PER_WIDTH = 500;

  private Marking() {}

  /** A copy of the picture with a red frame around each line. */
  public static Picture of(Picture picture, List<TextLine> lines) {
    int[] pixels = picture.rgb().clone();
    int thickness =
        (int)
            Math.max(2, Math.rint(Math.max(picture.width(), picture.height()) / PIXELS_PER_WIDTH));
    for (TextLine line : lines) {
      for (int i = 0; i < line.corners().size(); i++) {
        Point from = line.corners().get(i);
        Point to = line.corners().get((i + 1) % line.corners().size());
        stroke(pixels, picture.width(), picture.height(), from, to, thickness);
      }
    }
    return new Picture(picture.width(), picture.height(), pixels);
  }

  private static void stroke(
      int[] pixels, int width, int height, Point from, Point to, int thickness) {
    int steps = Math.max(1, (int) Math.ceil(from.distance(to)));
    for (int step = 0; step <= steps; step++) {
      double t = (double) step / steps;
      int x = (int) Math.rint(from.x() + t * (to.x() - from.x())) - thickness / 2;
      int y = (int) Math.rint(from.y() + t * (to.y() - from.y())) - thickness / 2;
      for (int dy = Math.max(0, y); dy < Math.min(height, y + thickness); dy++) {
        for (int dx = Math.max(0, x); dx < Math.min(width, x + thickness); dx++) {
          pixels[dy * width + dx] = COLOR;
        }
      }
    }
  }
}
