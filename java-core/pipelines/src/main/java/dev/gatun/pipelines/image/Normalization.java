package dev.gatun.pipelines.image;

import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.List;

/**
 * Turns a picture into a network's input: each channel {@code (value / 255 - mean) / deviation}.
 *
 * @param mean of red, green, blue as they stand in the input
 * @param deviation likewise, not 0
 * @param blueFirst whether the input's channels are blue, green, red
 * @param channelsLast whether a pixel's channels lie together (NHWC), not apart (NCHW)
 */
public record Normalization(
    List<Double> mean, List<Double> deviation, boolean blueFirst, boolean channelsLast) {
  /** What most classifiers were trained with on ImageNet. */
  public static final Normalization IMAGENET =
      new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225), false, false);

  private static final int CHANNELS = 3;

  public Normalization {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != CHANNELS || deviation.size() != CHANNELS || deviation.contains(0.0)) {
      throw new IllegalArgumentException("mean %s, deviation %s".formatted(mean, deviation));
    }
  }

  public Normalization withChannelsLast(boolean last) {
    return new Normalization(mean, deviation, blueFirst, last);
  }

  /**
   * The input: F32 [1, 3, height, width], or [1, height, width, 3] with channels last.
   *
   * @param width of the input, at least the picture's; what is beyond the picture is 0
   */
  public Tensor input(Picture picture, int width) {
    int height = picture.height();
    float[] values = new float[CHANNELS * width * height];
    for (int c = 0; c < CHANNELS; c++) {
      int shift = 8 * (blueFirst ? c : 2 - c);
      float average = (float) (double) mean.get(c);
      float spread = (float) (double) deviation.get(c);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < picture.width(); x++) {
          float value = ((picture.pixel(x, y) >> shift) & 255) / 255f;
          int at = channelsLast ? (y * width + x) * CHANNELS + c : (c * height + y) * width + x;
          values[at] = (value - average) / spread;
        }
      }
    }
    Shape shape =
        channelsLast ? Shape.of(1, height, width, CHANNELS) : Shape.of(1, CHANNELS, height, width);
    return Tensor.ofFloats(shape, values);
  }

  /** {@link #input(Picture, int)} of the picture's own width. */
  public Tensor input(Picture picture) {
    return input(picture, picture.width());
  }
}
