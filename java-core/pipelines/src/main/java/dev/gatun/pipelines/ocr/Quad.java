package dev.gatun.pipelines.ocr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Four corners in order: top left, top right, bottom right, bottom left. */
record Quad(Point topLeft, Point topRight, Point bottomRight, Point bottomLeft) {
  /**
   * Orders four corners: the top left one has the least sum of coordinates, the bottom right one
   * the largest; of the others the top right one lies more to the right and higher.
   */
  static Quad ordered(List<Point> points) {
    List<Point> sorted = new ArrayList<>(points);
    sorted.sort(Comparator.comparingDouble(point -> point.x() + point.y()));
    Point a = sorted.get(1);
    Point b = sorted.get(2);
    boolean aIsRight = a.y() - a.x() <= b.y() - b.x();
    return new Quad(sorted.get(0), aIsRight ? a : b, sorted.get(3), aIsRight ? b : a);
  }

  List<Point> points() {
    return List.of(topLeft, topRight, bottomRight, bottomLeft);
  }

  /** Length of the longer of its upper and lower edges. */
  double width() {
    return Math.max(topLeft.distance(topRight), bottomLeft.distance(bottomRight));
  }

  /** Length of the longer of its left and right edges. */
  double height() {
    return Math.max(topLeft.distance(bottomLeft), topRight.distance(bottomRight));
  }

  /** Whether a place lies inside, or at most {@code margin} outside of an edge. */
  boolean contains(double x, double y, double margin) {
    List<Point> points = points();
    for (int i = 0; i < 4; i++) {
      Point from = points.get(i);
      Point edge = points.get((i + 1) % 4).minus(from);
      if (edge.cross(new Point(x - from.x(), y - from.y())) < -margin * edge.length()) {
        return false;
      }
    }
    return true;
  }

  /** In another scale, rounded to whole pixels, and moved into a picture. */
  Quad scaled(double horizontal, double vertical, int width, int height) {
    List<Point> moved =
        points().stream()
            .map(point ->
                new Point(
                    Math.clamp(Math.rint(point.x() * horizontal), 0, width - 1),
                    Math.clamp(Math.rint(point.y() * vertical), 0, height - 1)))
            .toList();
    return ordered(moved);
  }
}
