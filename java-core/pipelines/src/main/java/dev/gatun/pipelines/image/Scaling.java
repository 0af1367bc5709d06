package dev.gatun.pipelines.image;

import java.util.function.IntUnaryOperator;

/** Changes the size of pictures, each way as the models' own pipelines do. */
public final class Scaling {
  /** Fixed-point weights of 11 bits. */
  private static final int ONE = 1 << 11;

  private Scaling() {}

  /**
   * Bilinear between the four pixels around each place, pixel centres at halves, without smoothing
   * what becomes smaller: OpenCV's {@code resize} with {@code INTER_LINEAR} (weights of 11 bits,
   * sums shifted as there; a few pixels differ by 1, where OpenCV's loops end).
   */
  public static Picture bilinear(Picture picture, int width, int height) {
    Axis columns = Axis.of(picture.width(), width);
    Axis rows = Axis.of(picture.height(), height);
    int[] pixels = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int first = columns.first[x];
        int second = Math.min(first + 1, picture.width() - 1);
        int top = rows.first[y];
        int bottom = Math.min(top + 1, picture.height() - 1);
        int result = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
          int above =
              channel(picture.pixel(first, top), shift) * (ONE - columns.weight[x])
                  + channel(picture.pixel(second, top), shift) * columns.weight[x];
          int below =
              channel(picture.pixel(first, bottom), shift) * (ONE - columns.weight[x])
                  + channel(picture.pixel(second, bottom), shift) * columns.weight[x];
          int sum =
              (((ONE - rows.weight[y]) * (above >> 4)) >> 16)
                  + ((rows.weight[y] * (below >> 4)) >> 16);
          result = (result << 8) | ((sum + 2) >> 2);
        }
        pixels[y * width + x] = result;
      }
    }
    return new Picture(width, height, pixels);
  }

  private static int channel(int pixel, int shift) {
    return (pixel >> shift) & 255;
  }

  /** For each new place the first of two old ones, and the second's weight. */
  private static final class Axis {
    final int[] first;
    final int[] weight;

    private Axis(int[] first, int... weight) {
      this.first = first;
      this.weight = weight;
    }

    static Axis of(int from, int to) {
      double scale = (double) from / to;
      int[] first = new int[to];
      int[] weight = new int[to];
      for (int i = 0; i < to; i++) {
        float place = (float) ((i + 0.5) * scale - 0.5);
        int floor = (int) Math.floor(place);
        boolean inside = floor >= 0 && floor < from - 1;
        first[i] = Math.clamp(floor, 0, from - 1);
        weight[i] = inside ? (int) Math.rint((place - floor) * ONE) : 0;
      }
      return new Axis(first, weight);
    }
  }

  /**
   * Bilinear with smoothing: each new pixel is a mean of the old ones under a triangle as wide as
   * it, first along rows, then along columns, rounded after both. Pillow's {@code BILINEAR}, which
   * torchvision uses for pictures.
   */
  public static Picture smooth(Picture picture, int width, int height) {
    Picture narrow = picture;
    if (width != picture.width()) {
      Triangle[] columns = Triangle.all(picture.width(), width);
      narrow =
          Picture.mapped(
              width, picture.height(), (x, y) -> columns[x].mean(i -> picture.pixel(i, y)));
    }
    if (height == picture.height()) {
      return narrow;
    }
    Triangle[] rows = Triangle.all(picture.height(), height);
    Picture source = narrow;
    return Picture.mapped(width, height, (x, y) -> rows[y].mean(i -> source.pixel(x, i)));
  }

  /** Weights of neighbouring pixels, which sum up to 1. */
  private static final class Triangle {
    private final int first;
    private final double[] weights;

    private Triangle(int first, double... weights) {
      this.first = first;
      this.weights = weights;
    }

    static Triangle[] all(int from, int to) {
      double scale = (double) from / to;
      double reach = Math.max(scale, 1);
      Triangle[] result = new Triangle[to];
      for (int i = 0; i < to; i++) {
        double center = (i + 0.5) * scale;
        int first = Math.max(0, (int) (center - reach + 0.5));
        int end = Math.min(from, (int) (center + reach + 0.5));
        double[] weights = new double[end - first];
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
          weights[k] = Math.max(0, 1 - Math.abs((first + k - center + 0.5) / reach));
          sum += weights[k];
        }
        for (int k = 0; k < weights.length; k++) {
          weights[k] /= sum;
        }
        result[i] = new Triangle(first, weights);
      }
      return result;
    }

    int mean(IntUnaryOperator pixel) {
      double red = 0.5;
      double green = 0.5;
      double blue = 0.5;
      for (int k = 0; k < weights.length; k++) {
        int rgb = pixel.applyAsInt(first + k);
        red += weights[k] * channel(rgb, 16);
        green += weights[k] * channel(rgb, 8);
        blue += weights[k] * channel(rgb, 0);
      }
      return ((int) red << 16) | ((int) green << 8) | (int) blue;
    }
  }
}
