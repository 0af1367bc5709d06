package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * Averages or maxima of parts of feature maps, of one size each (He et al. 2017). Inputs: x [n, c,
 * h, w]; boxes [count, 4] as x1, y1, x2, y2; number of each box's picture, I64 [count].
 *
 * @param max whether the largest sample is taken, else the mean
 * @param halfPixel whether coordinates are those of edges, else of centres
 * @param sampling samples per cell and axis; 0 for as many as there are elements
 * @param scale of boxes to the feature map
 */
public record RoiAlign(
    boolean max, boolean halfPixel, int height, int width, int sampling, double scale)
    implements OnnxOp {
  @Override
  public String type() {
    return "RoiAlign";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of(
        "mode",
        max ? "max" : "avg",
        "coordinate_transformation_mode",
        halfPixel ? "half_pixel" : "output_half_pixel",
        "output_height",
        (long) height,
        "output_width",
        (long) width,
        "sampling_ratio",
        (long) sampling,
        "spatial_scale",
        scale);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    ValueType boxes = Infer.floating(this, inputs, 1);
    Infer.integer(this, inputs, 2);
    Infer.check(
        this, x.rank() == 4 && boxes.rank() == 2 && boxes.dim(1).is(4), "%s of %s", boxes, x);
    return List.of(ValueType.of(x.dtype(), boxes.dim(0), x.dim(1), Dim.of(height), Dim.of(width)));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    double[] boxes = call.input(1).values();
    double[] pictures = call.input(2).values();
    int channels = Math.toIntExact(x.shape().dim(1));
    int h = Math.toIntExact(x.shape().dim(2));
    int w = Math.toIntExact(x.shape().dim(3));
    int count = boxes.length / 4;
    double[] y = new double[count * channels * height * width];
    double shift = halfPixel ? 0.5 : 0;
    for (int b = 0; b < count; b++) {
      int picture = (int) GatherElements.index(this, pictures[b], x.shape().dim(0));
      double left = boxes[b * 4] * scale - shift;
      double top = boxes[b * 4 + 1] * scale - shift;
      double boxWidth = boxes[b * 4 + 2] * scale - shift - left;
      double boxHeight = boxes[b * 4 + 3] * scale - shift - top;
      if (!halfPixel) {
        boxWidth = Math.max(boxWidth, 1);
        boxHeight = Math.max(boxHeight, 1);
      }
      double cellHeight = boxHeight / height;
      double cellWidth = boxWidth / width;
      int down = sampling > 0 ? sampling : (int) Math.ceil(boxHeight / height);
      int across = sampling > 0 ? sampling : (int) Math.ceil(boxWidth / width);
      for (int c = 0; c < channels; c++) {
        int base = (picture * channels + c) * h * w;
        for (int i = 0; i < height * width; i++) {
          double sum = max ? Double.NEGATIVE_INFINITY : 0;
          for (int s = 0; s < down * across; s++) {
            int cellRow = i / width;
            int cellColumn = i % width;
            int sampleRow = s / across;
            int sampleColumn = s % across;
            double row = top + cellHeight * (cellRow + (sampleRow + 0.5) / down);
            double column = left + cellWidth * (cellColumn + (sampleColumn + 0.5) / across);
            double[] taps = taps(x.values(), base, h, w, row, column);
            double sample = taps[0] + taps[1] + taps[2] + taps[3];
            double largest = Math.max(Math.max(taps[0], taps[1]), Math.max(taps[2], taps[3]));
            sum = max ? Math.max(sum, largest) : sum + sample;
          }
          int samples = down * across;
          y[(b * channels + c) * height * width + i] = samples == 0 ? 0 : max ? sum : sum / samples;
        }
      }
    }
    return List.of(new Array(x.dtype(), Shape.of(count, channels, height, width), y));
  }

  /** The four elements around a place, weighted; ONNX's maximum is taken of these. */
  private static double[] taps(double[] x, int base, int h, int w, double row, double column) {
    if (row < -1 || row > h || column < -1 || column > w) {
      return new double[4];
    }
    double r = Math.max(row, 0);
    double c = Math.max(column, 0);
    int top = Math.min((int) r, h - 1);
    int left = Math.min((int) c, w - 1);
    int bottom = Math.min(top + 1, h - 1);
    int right = Math.min(left + 1, w - 1);
    double down = top == h - 1 ? 0 : r - top;
    double across = left == w - 1 ? 0 : c - left;
    return new double[] {
      x[base + top * w + left] * (1 - down) * (1 - across),
      x[base + top * w + right] * (1 - down) * across,
      x[base + bottom * w + left] * down * (1 - across),
      x[base + bottom * w + right] * down * across
    };
  }
}
