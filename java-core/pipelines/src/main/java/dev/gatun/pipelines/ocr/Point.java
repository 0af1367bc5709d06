package dev.gatun.pipelines.ocr;

/** A place in a picture, in pixels from its top left corner. */
public record Point(double x, double y) {
  Point minus(Point other) {
    return new Point(x - other.x, y - other.y);
  }

  double length() {
    return Math.hypot(x, y);
  }

  double distance(Point other) {
    return minus(other).length();
  }

  /** Twice the signed area of the triangle of the origin, this and the other. */
  double cross(Point other) {
    return x * other.y - y * other.x;
  }
}
