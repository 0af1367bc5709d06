package dev.gatun.pipelines.ocr;

import java.util.ArrayList;
import java.util.List;

/**
 * A rectangle in any direction.
 *
 * @param along unit vector of its width; its height goes a quarter turn from it
 */
record Rectangle(Point center, Point along, double width, double height) {
  /**
   * The rectangle of the least area around points: one edge lies along an edge of their convex
   * hull.
   *
   * @param points at least one
   */
  static Rectangle around(List<Point> points) {
    List<Point> hull = hull(points);
    Rectangle best = aligned(hull, new Point(1, 0));
    for (int i = 0; hull.size() > 1 && i < hull.size(); i++) {
      Point edge = hull.get((i + 1) % hull.size()).minus(hull.get(i));
      double length = edge.length();
      Rectangle other = aligned(hull, new Point(edge.x() / length, edge.y() / length));
      best = other.area() < best.area() ? other : best;
    }
    return best;
  }

  private static Rectangle aligned(List<Point> hull, Point along) {
    double left = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (Point point : hull) {
      double u = point.x() * along.x() + point.y() * along.y();
      double v = along.cross(point);
      left = Math.min(left, u);
      right = Math.max(right, u);
      top = Math.min(top, v);
      bottom = Math.max(bottom, v);
    }
    double u = (left + right) / 2;
    double v = (top + bottom) / 2;
    Point center = new Point(u * along.x() - v * along.y(), u * along.y() + v * along.x());
    return new Rectangle(center, along, right - left, bottom - top);
  }

  /** Corners of the convex hull, in order (Andrew's monotone chain). */
  private static List<Point> hull(List<Point> points) {
    List<Point> sorted =
        points.stream()
            .sorted((a, b) ->
                a.x() != b.x() ? Double.compare(a.x(), b.x()) : Double.compare(a.y(), b.y()))
            .distinct()
            .toList();
    if (sorted.size() < 3) {
      return sorted;
    }
    List<Point> lower = chain(sorted);
    List<Point> upper = chain(sorted.reversed());
    List<Point> hull = new ArrayList<>(lower.subList(0, lower.size() - 1));
    hull.addAll(upper.subList(0, upper.size() - 1));
    return hull;
  }

  private static List<Point> chain(List<Point> points) {
    List<Point> chain = new ArrayList<>();
    for (Point point : points) {
      while (chain.size() > 1) {
        Point last = chain.getLast();
        Point before = chain.get(chain.size() - 2);
        if (last.minus(before).cross(point.minus(before)) > 0) {
          break;
        }
        chain.removeLast();
      }
      chain.add(point);
    }
    return chain;
  }

  double area() {
    return width * height;
  }

  double shorterSide() {
    return Math.min(width, height);
  }

  /** Moved outwards on every side. */
  Rectangle grown(double distance) {
    return new Rectangle(center, along, width + 2 * distance, height + 2 * distance);
  }

  Quad corners() {
    Point u = new Point(along.x() * width / 2, along.y() * width / 2);
    Point v = new Point(-along.y() * height / 2, along.x() * height / 2);
    List<Point> corners = new ArrayList<>();
    for (int[] sign : new int[][] {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}) {
      corners.add(
          new Point(
              center.x() + sign[0] * u.x() + sign[1] * v.x(),
              center.y() + sign[0] * u.y() + sign[1] * v.y()));
    }
    return Quad.ordered(corners);
  }
}
