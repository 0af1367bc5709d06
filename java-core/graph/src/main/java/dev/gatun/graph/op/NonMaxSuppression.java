package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Picks boxes by score, without those that overlap a better one. Inputs: boxes [n, count, 4];
 * scores [n, classes, count]; most boxes per class, I64, absent for 0; least overlap (intersection
 * over union) that suppresses, absent for 0; score that must be exceeded, absent for none. Output
 * I64 [picked, 3]: picture, class, box.
 *
 * @param center whether boxes are centre and size, else two corners
 * @param count how many are picked
 */
public record NonMaxSuppression(boolean center, Dim count) implements OnnxOp {
  @Override
  public String type() {
    return "NonMaxSuppression";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("center_point_box", center ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType boxes = Infer.floating(this, inputs, 0);
    ValueType scores = Infer.floating(this, inputs, 1);
    Infer.check(
        this,
        boxes.rank() == 3 && boxes.dim(2).is(4) && scores.rank() == 3,
        "boxes %s, scores %s",
        boxes,
        scores);
    return List.of(ValueType.of(DType.I64, count, Dim.of(3)));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    double[] boxes = call.input(0).values();
    Array scores = call.input(1);
    double most = call.input(2) == null ? 0 : call.input(2).scalar();
    double overlap = call.input(3) == null ? 0 : call.input(3).scalar();
    double least = call.input(4) == null ? Double.NEGATIVE_INFINITY : call.input(4).scalar();
    int n = Math.toIntExact(scores.shape().dim(0));
    int classes = Math.toIntExact(scores.shape().dim(1));
    int perClass = Math.toIntExact(scores.shape().dim(2));
    List<double[]> picked = new ArrayList<>();
    for (int picture = 0; picture < n; picture++) {
      for (int group = 0; group < classes; group++) {
        int base = (picture * classes + group) * perClass;
        int first = picture * perClass;
        List<Integer> order =
            IntStream.range(0, perClass)
                .filter(i -> scores.values()[base + i] > least)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores.values()[base + i]))
                .toList();
        List<Integer> kept = new ArrayList<>();
        for (int i : order) {
          if (kept.size() < most
              && kept.stream()
                  .noneMatch(other -> overlap(boxes, first + i, first + other) > overlap)) {
            kept.add(i);
            picked.add(new double[] {picture, group, i});
          }
        }
      }
    }
    double[] y = picked.stream().flatMapToDouble(Arrays::stream).toArray();
    return List.of(new Array(DType.I64, Shape.of(picked.size(), 3), y));
  }

  private double overlap(double[] boxes, int a, int b) {
    double[] x = corners(boxes, a * 4);
    double[] y = corners(boxes, b * 4);
    double height = Math.min(x[2], y[2]) - Math.max(x[0], y[0]);
    double width = Math.min(x[3], y[3]) - Math.max(x[1], y[1]);
    double shared = Math.max(0, height) * Math.max(0, width);
    double all = area(x) + area(y) - shared;
    return all <= 0 ? 0 : shared / all;
  }

  private static double area(double[] box) {
    return (box[2] - box[0]) * (box[3] - box[1]);
  }

  private double[] corners(double[] boxes, int at) {
    double a = boxes[at];
    double b = boxes[at + 1];
    double c = boxes[at + 2];
    double d = boxes[at + 3];
    return center
        ? new double[] {b - d / 2, a - c / 2, b + d / 2, a + c / 2}
        : new double[] {Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)};
  }
}
