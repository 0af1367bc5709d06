package dev.gatun.pipelines.ocr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Boxes of text from a map of probabilities: the post-processing of "Real-time Scene Text Detection
 * with Differentiable Binarization" with the numbers of PP-OCR. The network was trained to mark
 * shrunken lines, so a box grows by {@code area * 1.5 / perimeter}.
 *
 * @param threshold probability from which on a pixel is text
 * @param boxThreshold least mean probability of a box
 */
record BoxFinder(float threshold, double boxThreshold) {
  private static final int MAX_BOXES = 1000;
  private static final double GROWTH = 1.5;
  private static final double MIN_SIDE = 3;

  /** Boxes whose tops differ by less are beside each other. */
  private static final double SAME_ROW = 10;

  /**
   * Boxes in reading order, in the picture's pixels.
   *
   * @param map probabilities, row by row
   * @param pictureWidth of the picture that was scaled to the map's size
   */
  List<Quad> find(float[] map, int width, int height, int pictureWidth, int pictureHeight) {
    List<Quad> boxes = new ArrayList<>();
    for (List<Point> blob : Blobs.of(map, width, height, threshold, MAX_BOXES)) {
      Rectangle rectangle = Rectangle.around(blob);
      if (rectangle.shorterSide() < MIN_SIDE
          || mean(map, width, height, rectangle.corners()) < boxThreshold) {
        continue;
      }
      double perimeter = 2 * (rectangle.width() + rectangle.height());
      Rectangle grown = rectangle.grown(rectangle.area() * GROWTH / perimeter);
      if (grown.shorterSide() < MIN_SIDE + 2) {
        continue;
      }
      Quad box =
          grown
              .corners()
              .scaled(
                  (double) pictureWidth / width,
                  (double) pictureHeight / height,
                  pictureWidth,
                  pictureHeight);
      if (box.width() > MIN_SIDE && box.height() > MIN_SIDE) {
        boxes.add(box);
      }
    }
    return inReadingOrder(boxes);
  }

  /** Mean of the map over a box. */
  private static double mean(float[] map, int width, int height, Quad box) {
    double sum = 0;
    int count = 0;
    List<Point> points = box.points();
    int left = clamped(points.stream().mapToDouble(Point::x).min().orElse(0), width);
    int right = clamped(Math.ceil(points.stream().mapToDouble(Point::x).max().orElse(0)), width);
    int top = clamped(points.stream().mapToDouble(Point::y).min().orElse(0), height);
    int bottom = clamped(Math.ceil(points.stream().mapToDouble(Point::y).max().orElse(0)), height);
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        if (box.contains(x, y, 0.5)) {
          sum += map[y * width + x];
          count++;
        }
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  private static int clamped(double place, int size) {
    return (int) Math.clamp(place, 0, size - 1);
  }

  /** From top to bottom; boxes of about the same top from left to right. */
  private static List<Quad> inReadingOrder(List<Quad> boxes) {
    List<Quad> sorted = new ArrayList<>(boxes);
    sorted.sort(
        Comparator.<Quad>comparingDouble(box -> box.topLeft().y())
            .thenComparingDouble(box -> box.topLeft().x()));
    for (int i = 1; i < sorted.size(); i++) {
      for (int k = i; k > 0; k--) {
        Quad box = sorted.get(k);
        Quad before = sorted.get(k - 1);
        boolean sameRow = Math.abs(box.topLeft().y() - before.topLeft().y()) < SAME_ROW;
        if (!sameRow || box.topLeft().x() >= before.topLeft().x()) {
          break;
        }
        sorted.set(k, before);
        sorted.set(k - 1, box);
      }
    }
    return sorted;
  }
}
