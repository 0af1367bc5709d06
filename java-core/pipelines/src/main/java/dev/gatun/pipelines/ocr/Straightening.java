package dev.gatun.pipelines.ocr;

import dev.gatun.pipelines.image.Picture;

/**
 * Cuts a box out of a picture as a rectangle: each new pixel is looked up where the perspective map
 * of the rectangle onto the box takes it, cubic between the sixteen pixels around (a = -0.75, as
 * OpenCV's {@code INTER_CUBIC}); beyond the picture its border goes on. A box that is more than
 * half as high again as wide is turned to lie.
 */
final class Straightening {
  private static final double CUBIC = -0.75;
  private static final double TALL = 1.5;

  private Straightening() {}

  static Picture cut(Picture picture, Quad box) {
    int width = Math.max(1, (int) box.width());
    int height = Math.max(1, (int) box.height());
    Perspective map = Perspective.of(box);
    int[] pixels = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        Point from = map.apply((double) x / width, (double) y / height);
        pixels[y * width + x] = cubic(picture, from.x(), from.y());
      }
    }
    Picture part = new Picture(width, height, pixels);
    return (double) height / width >= TALL ? part.turnedLeft(1) : part;
  }

  /**
   * Maps the unit square onto four corners (Heckbert, "Fundamentals of Texture Mapping and Image
   * Warping", 1989): {@code x = (a u + b v + c) / (g u + h v + 1)}, y likewise.
   */
  private record Perspective(
      double a, double b, double c, double d, double e, double f, double g, double h) {
    static Perspective of(Quad box) {
      Point p0 = box.topLeft();
      Point p1 = box.topRight();
      Point p2 = box.bottomRight();
      Point p3 = box.bottomLeft();
      Point one = p1.minus(p2);
      Point two = p3.minus(p2);
      Point sum = p0.minus(p1).minus(p3.minus(p2));
      double divisor = one.cross(two);
      double g = divisor == 0 ? 0 : sum.cross(two) / divisor;
      double h = divisor == 0 ? 0 : one.cross(sum) / divisor;
      return new Perspective(
          p1.x() - p0.x() + g * p1.x(),
          p3.x() - p0.x() + h * p3.x(),
          p0.x(),
          p1.y() - p0.y() + g * p1.y(),
          p3.y() - p0.y() + h * p3.y(),
          p0.y(),
          g,
          h);
    }

    Point apply(double u, double v) {
      double scale = g * u + h * v + 1;
      return new Point((a * u + b * v + c) / scale, (d * u + e * v + f) / scale);
    }
  }

  private static int cubic(Picture picture, double x, double y) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    double[] columns = weights(x - left);
    double[] rows = weights(y - top);
    double[] sum = new double[3];
    for (int r = 0; r < 4; r++) {
      int row = Math.clamp(top - 1L + r, 0, picture.height() - 1);
      for (int c = 0; c < 4; c++) {
        int column = Math.clamp(left - 1L + c, 0, picture.width() - 1);
        int pixel = picture.pixel(column, row);
        double weight = rows[r] * columns[c];
        sum[0] += weight * ((pixel >> 16) & 255);
        sum[1] += weight * ((pixel >> 8) & 255);
        sum[2] += weight * (pixel & 255);
      }
    }
    int result = 0;
    for (double channel : sum) {
      result = (result << 8) | (int) Math.clamp(Math.rint(channel), 0, 255);
    }
    return result;
  }

  private static double[] weights(double fraction) {
    double[] weights = new double[4];
    for (int i = 0; i < 4; i++) {
      double t = Math.abs(fraction + 1 - i);
      weights[i] =
          t <= 1
              ? ((CUBIC + 2) * t - (CUBIC + 3)) * t * t + 1
              : ((CUBIC * t - 5 * CUBIC) * t + 8 * CUBIC) * t - 4 * CUBIC;
    }
    return weights;
  }
}
